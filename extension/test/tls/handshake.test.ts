import { describe, expect, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { p256, x25519 } from "../../background/tls/groups.ts";
import { aes128GcmSha256, aes256GcmSha384 } from "../../background/tls/suites.ts";
import { alpnExtension, connectScripted, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");

describe("an honest handshake", () => {
  it("completes, delivers data both ways, exports equal keying material and closes", async () => {
    const { client, server } = await connectScripted(identity);
    await client.receive(await server.dataRecord("hello"));
    expect(client.takeEvents()).toEqual([{ type: "data", bytes: utf8("hello") }]);
    await client.send(utf8("answer"));
    const [record] = await server.open(client.takeOutput());
    expect(record?.content).toEqual(utf8("answer"));
    const context = new Uint8Array(32).fill(9);
    expect(client.exporter("EXPORTER-test", context, 32)).toEqual(
      server.exporter("EXPORTER-test", context, 32),
    );
    await client.receive(await server.sealed(21, Uint8Array.of(1, 0)));
    expect(client.takeEvents()).toEqual([{ type: "closed" }]);
    await client.receiveEnd();
    await client.close();
    expect((await server.open(client.takeOutput())).at(-1)?.content).toEqual(Uint8Array.of(1, 0));
  });

  it.each([
    [aes128GcmSha256, x25519],
    [aes128GcmSha256, p256],
    [aes256GcmSha384, x25519],
    [aes256GcmSha384, p256],
  ])("completes with $name", async (suite, group) => {
    const { client, server } = await startScripted(identity, {}, { suite, group });
    await client.receive(await server.serverHello());
    await client.receive(await server.handshakeRecord(await server.honestFlight()));
    expect(client.takeEvents()).toEqual([{ type: "connected", leaf: identity.certificate }]);
  });

  it("signed by a P-384 key", async () => {
    const strong = await createTestIdentity("P-384");
    const { client, server } = await startScripted(strong, {}, { group: x25519 });
    await client.receive(await server.serverHello());
    const flight = concatBytes(
      server.encryptedExtensions(alpnExtension),
      server.certificate(),
      await server.certificateVerify({ schemeId: 0x0503 }),
      server.finished(),
    );
    await client.receive(await server.handshakeRecord(flight));
    expect(client.takeEvents()).toHaveLength(1);
  });
});

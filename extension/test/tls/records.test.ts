import { describe, expect, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { maxPlaintextBytes } from "../../background/tls/limits.ts";
import { contentType } from "../../background/tls/recordFormat.ts";
import { errorOf } from "./refusal.ts";
import { connectScripted, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const empty = new Uint8Array(0);
const { alert, applicationData } = contentType;

describe("29 padding", () => {
  it.each([1, 2, 255, 4096, maxPlaintextBytes - 5])("of %d bytes is stripped", async (paddingBytes) => {
    const { client, server } = await connectScripted(identity);
    await client.receive(await server.sealed(applicationData, utf8("hello"), paddingBytes));
    expect(client.takeEvents()).toEqual([{ type: "data", bytes: utf8("hello") }]);
  });

  it("alone delivers nothing", async () => {
    const { client, server } = await connectScripted(identity);
    await client.receive(await server.sealed(applicationData, empty, 100));
    expect(client.takeEvents()).toEqual([]);
  });

  it("keeps zeros that belong to the data", async () => {
    const { client, server } = await connectScripted(identity);
    await client.receive(await server.sealed(applicationData, Uint8Array.of(1, 0, 0), 3));
    expect(client.takeEvents()).toEqual([{ type: "data", bytes: Uint8Array.of(1, 0, 0) }]);
  });

  it("of ours fills the next bucket, so that equal records tell nothing", async () => {
    const paddingBuckets = [16, 64, maxPlaintextBytes];
    const { client, server } = await connectScripted(identity, { paddingBuckets });
    const overhead = 5 + 1 + 16;
    for (const [length, bucket] of [
      [1, 16],
      [16, 16],
      [17, 64],
      [65, maxPlaintextBytes],
    ] as const) {
      await client.send(new Uint8Array(length).fill(7));
      const output = client.takeOutput();
      expect(output).toHaveLength(bucket + overhead);
      expect((await server.open(output))[0]?.content).toEqual(new Uint8Array(length).fill(7));
    }
  });
});

describe("31 the end", () => {
  it("without close_notify is an error of its own", async () => {
    const { client } = await connectScripted(identity);
    expect((await errorOf(client.receiveEnd())).code).toBe("TLS_TRUNCATED");
    expect(client.takeOutput()).toHaveLength(0);
  });

  it("in the middle of a record is the same error", async () => {
    const { client, server } = await connectScripted(identity);
    await client.receive((await server.dataRecord("cut")).slice(0, -1));
    expect((await errorOf(client.receiveEnd())).code).toBe("TLS_TRUNCATED");
    expect(client.takeEvents()).toEqual([]);
  });

  it("during the handshake is the same error", async () => {
    const { client } = await startScripted(identity);
    expect((await errorOf(client.receiveEnd())).code).toBe("TLS_TRUNCATED");
  });

  it("after close_notify ignores all that follows", async () => {
    const { client, server } = await connectScripted(identity);
    const closing = await server.sealed(alert, Uint8Array.of(1, 0));
    await client.receive(concatBytes(closing, await server.dataRecord("late"), Uint8Array.of(1, 2, 3)));
    await client.receive(new Uint8Array(100));
    expect(client.takeEvents()).toEqual([{ type: "closed" }]);
    await client.receiveEnd();
  });

  it("of one side leaves the other open", async () => {
    const { client, server } = await connectScripted(identity);
    await client.receive(await server.sealed(alert, Uint8Array.of(1, 0)));
    await client.send(utf8("still here"));
    expect((await server.open(client.takeOutput()))[0]?.content).toEqual(utf8("still here"));
  });

  it("of ours leaves the server's data readable, and refuses ours", async () => {
    const { client, server } = await connectScripted(identity);
    await client.close();
    await client.close();
    expect((await server.open(client.takeOutput())).map((record) => record.content)).toEqual([
      Uint8Array.of(1, 0),
    ]);
    await client.receive(await server.dataRecord("last words"));
    expect(client.takeEvents()).toHaveLength(1);
    expect((await errorOf(client.send(utf8("no")))).code).toBe("TLS_CLOSED");
    expect(client.takeOutput()).toHaveLength(0);
  });

  it("user_canceled alone ends nothing", async () => {
    const { client, server } = await connectScripted(identity);
    await client.receive(await server.sealed(alert, Uint8Array.of(1, 90)));
    await client.receive(await server.dataRecord("hello"));
    expect(client.takeEvents()).toHaveLength(1);
  });
});

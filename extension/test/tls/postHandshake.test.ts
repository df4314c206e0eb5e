import { describe, expect, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { encodeExtension, extensionType } from "../../background/tls/extensions.ts";
import { encodeHandshake, handshakeType } from "../../background/tls/handshakeMessage.ts";
import { maxPostHandshakeMessages } from "../../background/tls/limits.ts";
import { encodeKeyUpdate } from "../../background/tls/postHandshake.ts";
import { contentType } from "../../background/tls/recordFormat.ts";
import { encodeUint, encodeVector } from "../../background/tls/wire.ts";
import type { Refusal } from "./refusal.ts";
import { errorOf, expectRefusal } from "./refusal.ts";
import { block, connectScripted, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const empty = new Uint8Array(0);

function ticket(extensions: Uint8Array = block(), ticketBytes = new Uint8Array(100)): Uint8Array {
  return concatBytes(
    new Uint8Array(8),
    encodeVector(1, Uint8Array.of(0)),
    encodeVector(2, ticketBytes),
    extensions,
  );
}
const earlyData = encodeExtension(extensionType.earlyData, encodeUint(0, 3));

const mutations: readonly (readonly [string, Uint8Array, Refusal])[] = [
  ["34 KeyUpdate of value 2", encodeHandshake(24, Uint8Array.of(2)), ["TLS_KEY_UPDATE_VALUE", 47]],
  ["34 KeyUpdate without value", encodeHandshake(24, empty), ["TLS_DECODE", 50]],
  ["34 KeyUpdate with a trailing byte", encodeHandshake(24, Uint8Array.of(0, 0)), ["TLS_DECODE", 50]],
  [
    "34 KeyUpdate followed by more in its record",
    concatBytes(encodeKeyUpdate(false), encodeKeyUpdate(false)),
    ["TLS_MESSAGE_ACROSS_KEYS", 10],
  ],
  ["35 ServerHello", encodeHandshake(2, new Uint8Array(70)), ["TLS_UNEXPECTED_MESSAGE", 10]],
  ["35 EncryptedExtensions", encodeHandshake(8, Uint8Array.of(0, 0)), ["TLS_UNEXPECTED_MESSAGE", 10]],
  ["35 Certificate", encodeHandshake(11, new Uint8Array(4)), ["TLS_UNEXPECTED_MESSAGE", 10]],
  ["35 Finished", encodeHandshake(20, new Uint8Array(32)), ["TLS_UNEXPECTED_MESSAGE", 10]],
  ["36 empty NewSessionTicket", encodeHandshake(4, empty), ["TLS_DECODE", 50]],
  ["36 NewSessionTicket without a ticket", encodeHandshake(4, ticket(block(), empty)), ["TLS_DECODE", 50]],
  [
    "36 NewSessionTicket with a trailing byte",
    encodeHandshake(4, concatBytes(ticket(), Uint8Array.of(0))),
    ["TLS_DECODE", 50],
  ],
  [
    "36 NewSessionTicket with a duplicate extension",
    encodeHandshake(4, ticket(block(earlyData, earlyData))),
    ["TLS_EXTENSION_DUPLICATE", 50],
  ],
  [
    "36 NewSessionTicket with a forbidden extension",
    encodeHandshake(4, ticket(block(encodeExtension(extensionType.cookie, empty)))),
    ["TLS_EXTENSION_FORBIDDEN", 47],
  ],
  ["37 HelloRequest", encodeHandshake(0, empty), ["TLS_UNEXPECTED_MESSAGE", 10]],
  ["37 ClientHello", encodeHandshake(1, empty), ["TLS_UNEXPECTED_MESSAGE", 10]],
  [
    "36 ticket flood",
    concatBytes(...Array.from({ length: maxPostHandshakeMessages + 1 }, () => encodeHandshake(4, ticket()))),
    ["TLS_POST_HANDSHAKE_FLOOD", 10],
  ],
];

describe("after the handshake is refused:", () => {
  it.each(mutations)("%s", async (_name, messages, refusal) => {
    const pair = await connectScripted(identity);
    await expectRefusal(pair, await pair.server.handshakeRecord(messages), refusal);
  });

  it("34 KeyUpdate flood", async () => {
    const { client, server } = await connectScripted(identity);
    for (let count = 0; count < maxPostHandshakeMessages; count += 1) {
      await client.receive(await server.handshakeRecord(encodeKeyUpdate(false)));
      await server.updateWriteKey();
    }
    const last = await server.handshakeRecord(encodeKeyUpdate(false));
    await expectRefusal({ client, server }, last, ["TLS_POST_HANDSHAKE_FLOOD", 10]);
  });

  it("34 data under the old key after a KeyUpdate", async () => {
    const pair = await connectScripted(identity);
    await pair.client.receive(await pair.server.handshakeRecord(encodeKeyUpdate(false)));
    await expectRefusal(pair, await pair.server.dataRecord("old"), ["TLS_RECORD_MAC", 20]);
  });
});

describe("NewSessionTicket", () => {
  it("is read and dropped, also with extensions that nobody knows", async () => {
    const { client, server } = await connectScripted(identity);
    const unknown = encodeExtension(0xfafa, empty);
    const messages = [ticket(), ticket(block(earlyData, unknown))].map((body) =>
      encodeHandshake(handshakeType.newSessionTicket, body),
    );
    await client.receive(await server.handshakeRecord(...messages));
    expect(client.takeEvents()).toEqual([]);
    expect(client.takeOutput()).toHaveLength(0);
  });
});

describe("KeyUpdate", () => {
  it("of the server moves its key, across fragments too", async () => {
    const { client, server } = await connectScripted(identity);
    const message = encodeKeyUpdate(false);
    await client.receive(await server.handshakeRecord(message.slice(0, 2)));
    await client.receive(await server.handshakeRecord(message.slice(2)));
    await server.updateWriteKey();
    await client.receive(await server.dataRecord("new key"));
    expect(client.takeEvents()).toEqual([{ type: "data", bytes: utf8("new key") }]);
    expect(client.takeOutput()).toHaveLength(0);
  });

  it("that asks for ours is answered once, before further writes", async () => {
    const { client, server } = await connectScripted(identity);
    await client.receive(await server.handshakeRecord(encodeKeyUpdate(true)));
    await server.updateWriteKey();
    const answer = await server.open(client.takeOutput());
    expect(answer).toEqual([{ type: contentType.handshake, content: encodeKeyUpdate(false) }]);
    await server.updateReadKey();
    await client.send(utf8("after"));
    expect((await server.open(client.takeOutput()))[0]?.content).toEqual(utf8("after"));
  });

  it("of ours moves our key", async () => {
    const { client, server } = await connectScripted(identity);
    await client.updateKey(true);
    expect((await server.open(client.takeOutput()))[0]?.content).toEqual(encodeKeyUpdate(true));
    await server.updateReadKey();
    await client.send(utf8("after"));
    expect((await server.open(client.takeOutput()))[0]?.content).toEqual(utf8("after"));
  });

  it("is not answered once we have closed", async () => {
    const { client, server } = await connectScripted(identity);
    await client.close();
    client.takeOutput();
    await client.receive(await server.handshakeRecord(encodeKeyUpdate(true)));
    expect(client.takeOutput()).toHaveLength(0);
  });

  it("may come often, with data between", async () => {
    const { client, server } = await connectScripted(identity);
    for (let count = 0; count < 2 * maxPostHandshakeMessages; count += 1) {
      await client.receive(await server.handshakeRecord(encodeKeyUpdate(false)));
      await server.updateWriteKey();
      await client.receive(await server.dataRecord("x"));
    }
    expect(client.takeEvents()).toHaveLength(2 * maxPostHandshakeMessages);
  });
});

describe("32 the record limit of a key", () => {
  const keyLimits = { sealRecords: 3, askRecords: 3, openRecords: 5 };

  it("makes us update our key in time", async () => {
    const { client, server } = await connectScripted(identity, { keyLimits });
    for (let count = 0; count < 3; count += 1) await client.send(utf8("x"));
    expect(await server.open(client.takeOutput())).toHaveLength(3);
    await client.send(utf8("y"));
    const output = client.takeOutput();
    const updateBytes = 5 + 5 + 1 + 16;
    expect(await server.open(output.slice(0, updateBytes))).toEqual([
      { type: contentType.handshake, content: encodeKeyUpdate(false) },
    ]);
    await server.updateReadKey();
    expect((await server.open(output.slice(updateBytes)))[0]?.content).toEqual(utf8("y"));
  });

  it("makes us ask the server to update its key, once", async () => {
    const { client, server } = await connectScripted(identity, { keyLimits });
    for (let count = 0; count < 4; count += 1) await client.receive(await server.dataRecord("x"));
    expect(await server.open(client.takeOutput())).toEqual([
      { type: contentType.handshake, content: encodeKeyUpdate(true) },
    ]);
    client.takeEvents();
    await client.receive(await server.handshakeRecord(encodeKeyUpdate(false)));
    await server.updateWriteKey();
    await client.receive(await server.dataRecord("new key"));
    expect(client.takeEvents()).toEqual([{ type: "data", bytes: utf8("new key") }]);
  });

  it("ends the connection where the server does not follow", async () => {
    const pair = await connectScripted(identity, { keyLimits });
    for (let count = 0; count < 4; count += 1) await pair.client.receive(await pair.server.dataRecord("x"));
    const asked = await pair.server.open(pair.client.takeOutput());
    expect(asked).toHaveLength(1);
    await pair.server.updateReadKey();
    pair.client.takeEvents();
    const error = await errorOf(pair.client.receive(await pair.server.dataRecord("x")));
    expect(error.code).toBe("TLS_RECORD_LIMIT");
    expect((await pair.server.open(pair.client.takeOutput())).map(({ content }) => content)).toEqual([
      Uint8Array.of(2, 10),
    ]);
  });
});

describe("before the handshake is complete", () => {
  it("nothing can be sent, exported or updated", async () => {
    const { client, server } = await startScripted(identity);
    const refused = async (): Promise<void> => {
      expect((await errorOf(client.send(utf8("secret")))).code).toBe("TLS_NOT_CONNECTED");
      expect((await errorOf(client.updateKey(false))).code).toBe("TLS_NOT_CONNECTED");
      expect(() => client.exporter("EXPORTER-test", empty, 32)).toThrow("TLS_NOT_CONNECTED");
    };
    await refused();
    await client.receive(await server.serverHello());
    await refused();
    const flight = await server.honestFlight();
    const beforeFinished = flight.slice(0, flight.length - 36);
    await client.receive(await server.handshakeRecord(beforeFinished));
    await refused();
  });
});

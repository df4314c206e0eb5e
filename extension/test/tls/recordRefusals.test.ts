import { describe, expect, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { handshakeType } from "../../background/tls/handshakeMessage.ts";
import {
  maxCiphertextBytes,
  maxConsecutiveEmptyRecords,
  maxPlaintextBytes,
} from "../../background/tls/limits.ts";
import { contentType, encodeRecordHeader } from "../../background/tls/recordFormat.ts";
import type { Refusal } from "./refusal.ts";
import { errorOf, expectRefusal } from "./refusal.ts";
import type { ScriptedServer } from "./scriptedServer.ts";
import {
  alpnExtension,
  clearRecord,
  connectScripted,
  dummyChangeCipherSpec,
  startScripted,
} from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const empty = new Uint8Array(0);
const { alert, applicationData, changeCipherSpec, handshake } = contentType;

function flipped(record: Uint8Array, index: number): Uint8Array {
  const copy = record.slice();
  copy[index] = (copy[index] ?? 0) ^ 0x01;
  return copy;
}

describe("25 a flipped bit is refused in", () => {
  it.each([
    ["the type", 0, ["TLS_RECORD_TYPE", 10]],
    ["the version", 2, ["TLS_RECORD_MAC", 20]],
    ["the first byte of the body", 5, ["TLS_RECORD_MAC", 20]],
    ["the middle of the body", 10, ["TLS_RECORD_MAC", 20]],
  ] as const)("%s", async (_name, index, refusal) => {
    const pair = await connectScripted(identity);
    await expectRefusal(pair, flipped(await pair.server.dataRecord("hello"), index), refusal);
  });

  it("the tag", async () => {
    const pair = await connectScripted(identity);
    const record = await pair.server.dataRecord("hello");
    await expectRefusal(pair, flipped(record, record.length - 1), ["TLS_RECORD_MAC", 20]);
  });

  it("the length, downwards", async () => {
    const pair = await connectScripted(identity);
    const record = await pair.server.dataRecord("hello");
    record[4] = (record[4] ?? 0) - 1;
    await expectRefusal(pair, record, ["TLS_RECORD_MAC", 20]);
  });

  it("every bit of a short record, by one refusal or another, and nothing is delivered", async () => {
    const sample = await (await connectScripted(identity)).server.dataRecord("x");
    for (let bit = 0; bit < 8 * sample.length; bit += 5) {
      const { client, server } = await connectScripted(identity);
      const record = await server.dataRecord("x");
      const index = Math.floor(bit / 8);
      record[index] = (record[index] ?? 0) ^ (1 << (bit % 8));
      // A longer length waits for bytes that a second record brings.
      await errorOf(client.receive(concatBytes(record, new Uint8Array(maxCiphertextBytes))));
      expect(client.takeEvents()).toEqual([]);
    }
  });
});

describe("26 a record is refused when", () => {
  it("replayed: what came before is delivered, once", async () => {
    const { client, server } = await connectScripted(identity);
    const record = await server.dataRecord("once");
    const error = await errorOf(client.receive(concatBytes(record, record)));
    expect(error.code).toBe("TLS_RECORD_MAC");
    expect(client.takeEvents()).toEqual([{ type: "data", bytes: utf8("once") }]);
  });

  it("an earlier one was dropped", async () => {
    const pair = await connectScripted(identity);
    await pair.server.dataRecord("dropped");
    await expectRefusal(pair, await pair.server.dataRecord("next"), ["TLS_RECORD_MAC", 20]);
  });

  it("swapped with its neighbour", async () => {
    const pair = await connectScripted(identity);
    const first = await pair.server.dataRecord("first");
    await expectRefusal(pair, concatBytes(await pair.server.dataRecord("second"), first), [
      "TLS_RECORD_MAC",
      20,
    ]);
  });

  it("of another connection", async () => {
    const pair = await connectScripted(identity);
    const other = await connectScripted(identity);
    await expectRefusal(pair, await other.server.dataRecord("spliced"), ["TLS_RECORD_MAC", 20]);
  });
});

type Sent = (server: ScriptedServer) => Uint8Array | Promise<Uint8Array>;

const afterHandshake: readonly (readonly [string, Sent, Refusal])[] = [
  [
    "27 length 2^14+257",
    () => encodeRecordHeader(applicationData, maxCiphertextBytes + 1),
    ["TLS_RECORD_OVERFLOW", 22],
  ],
  [
    "27 inner 2^14+1",
    (server) => server.sealed(applicationData, new Uint8Array(maxPlaintextBytes + 1)),
    ["TLS_RECORD_OVERFLOW", 22],
  ],
  [
    "27 padding past 2^14+1",
    (server) => server.sealed(applicationData, new Uint8Array(maxPlaintextBytes), 1),
    ["TLS_RECORD_OVERFLOW", 22],
  ],
  ["27 shorter than its tag", () => clearRecord(applicationData, new Uint8Array(15)), ["TLS_RECORD_MAC", 20]],
  ["27 without body", () => clearRecord(applicationData, empty), ["TLS_RECORD_MAC", 20]],
  ["28 all-zero inner", (server) => server.sealed(0, empty, 40), ["TLS_RECORD_EMPTY", 10]],
  ["28 zero bytes inner", (server) => server.sealed(0, empty), ["TLS_RECORD_EMPTY", 10]],
  [
    "28 inner type 20",
    (server) => server.sealed(changeCipherSpec, Uint8Array.of(1)),
    ["TLS_RECORD_TYPE", 10],
  ],
  ["28 inner type 24", (server) => server.sealed(24, Uint8Array.of(1)), ["TLS_RECORD_TYPE", 10]],
  ["28 empty handshake record", (server) => server.sealed(handshake, empty), ["TLS_RECORD_EMPTY", 10]],
  ["28 empty alert record", (server) => server.sealed(alert, empty), ["TLS_RECORD_EMPTY", 10]],
  ["30 alert of length 1", (server) => server.sealed(alert, Uint8Array.of(1)), ["TLS_ALERT_MALFORMED", 50]],
  ["30 alert of length 3", (server) => server.sealed(alert, new Uint8Array(3)), ["TLS_ALERT_MALFORMED", 50]],
  ["30 alert of level 3", (server) => server.sealed(alert, Uint8Array.of(3, 0)), ["TLS_ALERT_MALFORMED", 50]],
  ["30 plaintext alert", () => clearRecord(alert, Uint8Array.of(2, 40)), ["TLS_RECORD_TYPE", 10]],
  ["30 plaintext close_notify", () => clearRecord(alert, Uint8Array.of(1, 0)), ["TLS_RECORD_TYPE", 10]],
  ["30 fatal alert", (server) => server.sealed(alert, Uint8Array.of(2, 40)), ["TLS_PEER_ALERT", null]],
  ["30 unknown warning", (server) => server.sealed(alert, Uint8Array.of(1, 199)), ["TLS_PEER_ALERT", null]],
  ["11 plaintext handshake", () => clearRecord(handshake, new Uint8Array(4)), ["TLS_RECORD_TYPE", 10]],
  ["20 change_cipher_spec after Finished", () => dummyChangeCipherSpec, ["TLS_CCS_INVALID", 10]],
  ["64 unknown record type", () => clearRecord(24, Uint8Array.of(1)), ["TLS_RECORD_TYPE", 10]],
  [
    "24 endless empty records",
    async (server) => {
      const records: Uint8Array[] = [];
      for (let count = 0; count <= maxConsecutiveEmptyRecords; count += 1) {
        records.push(await server.sealed(applicationData, empty, 10));
      }
      return concatBytes(...records);
    },
    ["TLS_RECORD_FLOOD", 10],
  ],
  [
    "24 endless user_canceled warnings",
    async (server) => {
      const records: Uint8Array[] = [];
      for (let count = 0; count <= maxConsecutiveEmptyRecords; count += 1) {
        records.push(await server.sealed(alert, Uint8Array.of(1, 90)));
      }
      return concatBytes(...records);
    },
    ["TLS_RECORD_FLOOD", 10],
  ],
  [
    "19 data inside a fragmented message",
    async (server) =>
      concatBytes(
        await server.sealed(handshake, Uint8Array.of(handshakeType.newSessionTicket, 0, 0)),
        await server.dataRecord("between"),
      ),
    ["TLS_MESSAGE_INTERLEAVED", 10],
  ],
  [
    "19 alert inside a fragmented message",
    async (server) =>
      concatBytes(
        await server.sealed(handshake, Uint8Array.of(handshakeType.newSessionTicket, 0, 0)),
        await server.sealed(alert, Uint8Array.of(1, 0)),
      ),
    ["TLS_MESSAGE_INTERLEAVED", 10],
  ],
];

describe("on an established connection is refused:", () => {
  it.each(afterHandshake)("%s", async (_name, sent, refusal) => {
    const pair = await connectScripted(identity);
    await expectRefusal(pair, await sent(pair.server), refusal);
  });
});

const beforeHello: readonly (readonly [string, Uint8Array, Refusal])[] = [
  [
    "27 plaintext of 2^14+1",
    encodeRecordHeader(handshake, maxPlaintextBytes + 1),
    ["TLS_RECORD_OVERFLOW", 22],
  ],
  ["28 empty handshake record", clearRecord(handshake, empty), ["TLS_RECORD_EMPTY", 10]],
  ["28 empty alert record", clearRecord(alert, empty), ["TLS_RECORD_EMPTY", 10]],
  ["application data", clearRecord(applicationData, new Uint8Array(32)), ["TLS_RECORD_TYPE", 10]],
  ["not TLS at all", utf8("HTTP/1.1 400 Bad Request"), ["TLS_RECORD_TYPE", 10]],
  [
    "20 change_cipher_spec of two bytes",
    clearRecord(changeCipherSpec, Uint8Array.of(1, 1)),
    ["TLS_CCS_INVALID", 10],
  ],
  [
    "20 change_cipher_spec of another byte",
    clearRecord(changeCipherSpec, Uint8Array.of(2)),
    ["TLS_CCS_INVALID", 10],
  ],
  ["20 empty change_cipher_spec", clearRecord(changeCipherSpec, empty), ["TLS_CCS_INVALID", 10]],
  [
    "20 change_cipher_spec flood",
    concatBytes(...Array.from({ length: maxConsecutiveEmptyRecords + 1 }, () => dummyChangeCipherSpec)),
    ["TLS_RECORD_FLOOD", 10],
  ],
  [
    "20 change_cipher_spec inside a fragmented message",
    concatBytes(clearRecord(handshake, Uint8Array.of(2, 0)), dummyChangeCipherSpec),
    ["TLS_CCS_INVALID", 10],
  ],
  ["30 fatal alert", clearRecord(alert, Uint8Array.of(2, 40)), ["TLS_PEER_ALERT", null]],
  ["31 close_notify during the handshake", clearRecord(alert, Uint8Array.of(1, 0)), ["TLS_PEER_ALERT", null]],
  ["30 malformed alert", clearRecord(alert, Uint8Array.of(2)), ["TLS_ALERT_MALFORMED", 50]],
  ["37 HelloRequest", clearRecord(handshake, new Uint8Array(4)), ["TLS_UNEXPECTED_MESSAGE", 10]],
  ["a ClientHello", clearRecord(handshake, Uint8Array.of(1, 0, 0, 0)), ["TLS_UNEXPECTED_MESSAGE", 10]],
  [
    "24 message length 2^24-1",
    clearRecord(handshake, Uint8Array.of(2, 255, 255, 255)),
    ["TLS_MESSAGE_TOO_LARGE", 47],
  ],
];

describe("instead of a ServerHello is refused:", () => {
  it.each(beforeHello)("%s", async (_name, bytes, refusal) => {
    await expectRefusal(await startScripted(identity), bytes, refusal);
  });
});

describe("19 handshake bytes past a key change are refused", () => {
  it("behind the ServerHello", async () => {
    const pair = await startScripted(identity);
    const record = await pair.server.serverHello();
    const message = concatBytes(record.slice(5), Uint8Array.of(8));
    await expectRefusal(pair, clearRecord(handshake, message), ["TLS_MESSAGE_ACROSS_KEYS", 10]);
  });

  it("behind Finished", async () => {
    const pair = await startScripted(identity);
    await pair.client.receive(await pair.server.serverHello());
    const flight = concatBytes(await pair.server.honestFlight(), Uint8Array.of(4));
    await expectRefusal(pair, await pair.server.handshakeRecord(flight), ["TLS_MESSAGE_ACROSS_KEYS", 10]);
    expect(pair.client.takeEvents()).toEqual([]);
  });

  it("application data before Finished", async () => {
    const pair = await startScripted(identity);
    await pair.client.receive(await pair.server.serverHello());
    await expectRefusal(pair, await pair.server.dataRecord("early"), ["TLS_RECORD_TYPE", 10]);
  });
});

describe("change_cipher_spec in its place", () => {
  it("is dropped before and after the ServerHello, up to the limit in a row", async () => {
    const { client, server } = await startScripted(identity);
    const many = concatBytes(
      ...Array.from({ length: maxConsecutiveEmptyRecords }, () => dummyChangeCipherSpec),
    );
    await client.receive(many);
    await client.receive(await server.serverHello());
    await client.receive(many);
    await client.receive(await server.handshakeRecord(server.encryptedExtensions(alpnExtension)));
    await client.receive(many);
    const rest = concatBytes(server.certificate(), await server.certificateVerify(), server.finished());
    await client.receive(await server.handshakeRecord(rest));
    expect(client.takeEvents()).toHaveLength(1);
  });
});

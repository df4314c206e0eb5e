import { describe, expect, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import type { TlsEvent } from "../../background/tls/inbound.ts";
import { recordSession } from "./recordedSession.ts";
import { errorOf } from "./refusal.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const session = await recordSession(identity);
const whole = concatBytes(session.handshake, session.rest);

async function play(pieces: Iterable<Uint8Array>): Promise<{ events: TlsEvent[]; output: Uint8Array }> {
  const client = await session.createClient();
  const events: TlsEvent[] = [];
  const output: Uint8Array[] = [client.takeOutput()];
  for (const piece of pieces) {
    await client.receive(piece);
    events.push(...client.takeEvents());
    output.push(client.takeOutput());
  }
  await client.receiveEnd();
  return { events, output: concatBytes(...output) };
}

function* cut(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

describe("33 chunking", () => {
  it("all in one piece", async () => {
    const { events } = await play([whole]);
    expect(events).toEqual([
      { type: "connected", leaf: identity.certificate },
      { type: "data", bytes: utf8("first") },
      { type: "data", bytes: utf8("second") },
      { type: "closed" },
    ]);
  });

  it.each([1, 2, 3, 5, 7, 64, 1000])("%d bytes at a time", async (size) => {
    expect(await play(cut(whole, size))).toEqual(await play([whole]));
  });

  it("every split point", async () => {
    const expected = await play([whole]);
    for (let point = 0; point <= whole.length; point += 1) {
      expect(await play([whole.subarray(0, point), whole.subarray(point)])).toEqual(expected);
    }
  });

  it("an end at every byte is a truncation, except after close_notify", async () => {
    for (let end = 0; end < whole.length; end += 3) {
      const client = await session.createClient();
      await client.receive(whole.subarray(0, end));
      expect((await errorOf(client.receiveEnd())).code).toBe("TLS_TRUNCATED");
    }
  });
});

describe("a byte changed on the way", () => {
  it("anywhere in the server's handshake: the connection never completes", async () => {
    const { handshake } = session;
    // legacy_record_version of records in the clear is ignored (RFC 8446 §5.1).
    const helloBytes = 5 + ((handshake[3] ?? 0) << 8) + (handshake[4] ?? 0);
    const ignored = new Set([1, 2, helloBytes + 1, helloBytes + 2]);
    for (let index = 0; index < handshake.length; index += 1) {
      if (ignored.has(index)) continue;
      const changed = handshake.slice();
      changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
      const client = await session.createClient();
      await client.receive(changed).catch(() => undefined);
      expect(client.takeEvents()).toEqual([]);
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "#protocol/bytes.ts";
import { parseDerSignature } from "#protocol/ecdsa.ts";
import { OpenContractsError, UntrustedError } from "#protocol/errors.ts";
import { ByteQueue } from "../../background/tls/byteQueue.ts";
import { encodeExtension, parseExtensions } from "../../background/tls/extensions.ts";
import { encodeHandshake, HandshakeBuffer } from "../../background/tls/handshakeMessage.ts";
import { parseKeyUpdate, verifyNewSessionTicket } from "../../background/tls/postHandshake.ts";
import { RecordReader } from "../../background/tls/recordReader.ts";
import {
  parseCertificate,
  parseCertificateVerify,
  verifyCertificateRequest,
  verifyEncryptedExtensions,
} from "../../background/tls/serverFlight.ts";
import {
  parseCookie,
  parseKeyShareEntry,
  parseSelectedGroup,
  parseServerHello,
  verifyVersion,
} from "../../background/tls/serverHello.ts";
import { encodeUint, encodeVector, parseAll, WireReader } from "../../background/tls/wire.ts";
import { derSignature } from "./der.ts";
import { block, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const runs = { numRuns: 500 };

function parseEcdsaSignature(der: Uint8Array, width: number): Uint8Array | undefined {
  try {
    return parseDerSignature(der, width === 32 ? "P-256" : "P-384");
  } catch {
    return undefined;
  }
}
const offered: ReadonlySet<number> = new Set([0, 10, 13, 16, 43, 51]);

/** Bytes that often look like a message: lengths that fit, few distinct values. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.constantFrom(0, 1, 2, 3, 4, 16, 43, 51), { maxLength: 80 })
    .map((values) => Uint8Array.from(values)),
);
const extension = fc
  .tuple(fc.constantFrom(0, 10, 13, 16, 42, 43, 44, 51, 0xfafa), fc.uint8Array({ maxLength: 40 }))
  .map(([type, content]) => encodeExtension(type, content));
const extensionBlock = fc.array(extension, { maxLength: 5 }).map((extensions) => block(...extensions));
const certificateBody = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 30 }), extensionBlock), { maxLength: 3 })
  .map((entries) =>
    concatBytes(
      Uint8Array.of(0),
      encodeVector(
        3,
        concatBytes(...entries.map(([entry, rest]) => concatBytes(encodeVector(3, entry), rest))),
      ),
    ),
  );

const parsers: readonly (readonly [string, (input: Uint8Array) => unknown])[] = [
  [
    "ServerHello",
    (input) => {
      verifyVersion(parseServerHello(input));
    },
  ],
  ["extensions", parseExtensions],
  ["key share entry", parseKeyShareEntry],
  ["selected group", parseSelectedGroup],
  ["cookie", parseCookie],
  [
    "EncryptedExtensions",
    (input) => {
      verifyEncryptedExtensions(input, { offered, alpn: "a" });
    },
  ],
  ["CertificateRequest", verifyCertificateRequest],
  ["Certificate", (input) => parseCertificate(input, offered)],
  ["CertificateVerify", parseCertificateVerify],
  ["NewSessionTicket", verifyNewSessionTicket],
  ["KeyUpdate", parseKeyUpdate],
];

describe("parsers are total:", () => {
  it.each(parsers)("%s gives a value or refuses by a code", (_name, parse) => {
    fc.assert(
      fc.property(fc.oneof(bytes, extensionBlock, certificateBody), (input) => {
        const before = input.slice();
        try {
          parse(input);
        } catch (error) {
          expect(error).toBeInstanceOf(UntrustedError);
        }
        expect(input).toEqual(before);
      }),
      runs,
    );
  });

  const whole: readonly (readonly [string, (input: Uint8Array) => unknown, Uint8Array])[] = [
    ["Certificate", (input) => parseCertificate(input, offered), certificateOf(Uint8Array.of(1, 2, 3))],
    ["CertificateVerify", parseCertificateVerify, Uint8Array.of(4, 3, 0, 2, 9, 9)],
    ["KeyUpdate", parseKeyUpdate, Uint8Array.of(1)],
    [
      "NewSessionTicket",
      verifyNewSessionTicket,
      concatBytes(new Uint8Array(9), Uint8Array.of(0, 1, 7, 0, 0)),
    ],
    ["key share entry", parseKeyShareEntry, Uint8Array.of(0, 29, 0, 1, 9)],
    ["cookie", parseCookie, Uint8Array.of(0, 2, 9, 9)],
  ];
  it.each(whole)("%s: every prefix and every extension is refused", (_name, parse, input) => {
    expect(() => parse(input)).not.toThrow();
    for (let end = 0; end < input.length; end += 1) {
      expect(() => parse(input.slice(0, end))).toThrow("TLS_DECODE");
    }
    expect(() => parse(concatBytes(input, Uint8Array.of(0)))).toThrow("TLS_DECODE");
  });

  it("the client, fed anything at all, ends in a code of ours and never connects", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 4 }), async (pieces) => {
        const { client } = await startScripted(identity);
        for (const piece of pieces) {
          await client.receive(piece).catch((error: unknown) => {
            expect(error).toBeInstanceOf(OpenContractsError);
          });
        }
        expect(client.takeEvents()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("the client, fed any records, likewise", async () => {
    const record = fc
      .tuple(fc.constantFrom(20, 21, 22, 23), bytes)
      .map(([type, content]) => concatBytes(Uint8Array.of(type, 3, 3), encodeVector(2, content)));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 4 }), async (records) => {
        const { client } = await startScripted(identity);
        await client.receive(concatBytes(...records)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(OpenContractsError);
        });
        expect(client.takeEvents()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

function certificateOf(entry: Uint8Array): Uint8Array {
  const list = concatBytes(encodeVector(3, entry), block());
  return concatBytes(Uint8Array.of(0), encodeVector(3, list));
}

describe("ECDSA signatures", () => {
  const width = fc.constantFrom(32, 48);

  it("DER of any r and s gives them back, fixed-width", () => {
    const pair = width.chain((size) => fc.uint8Array({ minLength: 2 * size, maxLength: 2 * size }));
    fc.assert(
      fc.property(pair, (bytes) => {
        // Halves from 1 up to half of what 32 or 48 bytes hold: scalars of either curve.
        const fixed = bytes.map((byte, at) => (at % (bytes.length / 2) === 0 ? (byte & 0x7f) | 1 : byte));
        expect(parseEcdsaSignature(derSignature(fixed), fixed.length / 2)).toEqual(fixed);
      }),
      runs,
    );
  });

  it("only one encoding is accepted: what parses is what DER writes", () => {
    const der = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .tuple(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(80), fc.nat(255))
        .map(([fixed, index, value]) => derSignature(fixed).map((byte, at) => (at === index ? value : byte))),
    );
    fc.assert(
      fc.property(der, (input) => {
        const fixed = parseEcdsaSignature(input, 32);
        if (fixed !== undefined) expect(derSignature(fixed)).toEqual(input);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["long-form length", "30810602010102 0101"],
    ["indefinite length", "3080020101020101"],
    ["two-byte length", "3082000602010102 0101"],
    ["padded integer", "300702020001020101"],
    ["negative integer", "3006020181020101"],
    ["empty integer", "30050200020101"],
    ["integer wider than the order", `302602 21 01${"00".repeat(32)}020101`],
    ["third integer", "3009020101020101020101"],
    ["other tag", "3006030101020101"],
    ["trailing byte", "300602010102010100"],
    ["nothing", ""],
  ])("refused: %s", (_name, hex) => {
    const input = Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    expect(parseEcdsaSignature(input, 32)).toBeUndefined();
  });
});

describe("wire primitives", () => {
  it("integers and vectors survive a round trip", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 24 - 1), fc.uint8Array({ maxLength: 300 }), (value, content) => {
        const encoded = concatBytes(encodeUint(value, 3), encodeVector(2, content));
        const decoded = parseAll(encoded, (reader) => [reader.uint(3), reader.vector(2, 0, 300)]);
        expect(decoded).toEqual([value, content]);
      }),
      runs,
    );
  });

  it("a vector outside its bounds is refused", () => {
    expect(() => new WireReader(Uint8Array.of(0)).vector(1, 1, 9)).toThrow("TLS_DECODE");
    expect(() => new WireReader(Uint8Array.of(2, 0, 0)).vector(1, 0, 1)).toThrow("TLS_DECODE");
  });

  it("the queue gives back what it was given, cut anyhow", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(30), { maxLength: 40 }), (input, sizes) => {
        const queue = new ByteQueue();
        for (const piece of input) queue.push(piece);
        const all = concatBytes(...input);
        const output: Uint8Array[] = [];
        for (const size of sizes) {
          const peeked = queue.peek(size)?.slice();
          const taken = queue.take(size);
          expect(taken).toEqual(peeked);
          if (taken !== undefined) output.push(taken);
        }
        const start = concatBytes(...output);
        expect(start).toEqual(all.slice(0, start.length));
        expect(queue.length).toBe(all.length - start.length);
      }),
      runs,
    );
  });

  it("messages survive any fragmentation", () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 50 }), (bodies, size) => {
        const all = concatBytes(...bodies.map((body) => encodeHandshake(8, body)));
        const buffer = new HandshakeBuffer();
        const seen: Uint8Array[] = [];
        for (let start = 0; start < all.length; start += size) {
          buffer.push(all.subarray(start, start + size));
          for (let message = buffer.next(); message !== undefined; message = buffer.next())
            seen.push(message.body);
        }
        expect(seen).toEqual(bodies);
        expect(buffer.isEmpty).toBe(true);
      }),
      runs,
    );
  });

  it("the record reader is total", async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        const reader = new RecordReader();
        reader.push(input);
        await reader.next().catch((error: unknown) => {
          expect(error).toBeInstanceOf(UntrustedError);
        });
      }),
      runs,
    );
  });
});

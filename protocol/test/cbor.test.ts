import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCbor, type CborMap, type CborValue } from "../cbor.ts";
import {
  encodeArray,
  encodeBytes,
  encodeIndefiniteMap,
  encodeMap,
  encodeText,
  encodeUnsigned,
} from "../../enclave/nsm/simulated/cborWriter.ts";
import { UntrustedError } from "../errors.ts";

const cbor = createRequire(import.meta.url)("cbor-web") as { decodeFirstSync(bytes: Uint8Array): unknown };
const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));

const isMap = (value: CborValue): value is CborMap => value instanceof Map;

function encode(value: CborValue): Uint8Array {
  if (typeof value === "number") return encodeUnsigned(value);
  if (typeof value === "string") return encodeText(value);
  if (value === null || value instanceof Uint8Array) return encodeBytes(value);
  if (isMap(value)) return encodeMap([...value].map(([key, item]) => [encode(key), encode(item)]));
  return encodeArray(value.map(encode));
}

const key = fc.oneof(fc.nat(), fc.string());
const scalar: fc.Arbitrary<CborValue> = fc.oneof(
  fc.maxSafeNat(),
  fc.string({ unit: "grapheme" }),
  fc.uint8Array({ maxLength: 300 }),
  fc.constant(null),
);
const map = (item: fc.Arbitrary<CborValue>): fc.Arbitrary<CborValue> =>
  fc.array(fc.tuple(key, item), { maxLength: 6 }).map((entries) => new Map(entries));
const level = (item: fc.Arbitrary<CborValue>): fc.Arbitrary<CborValue> =>
  fc.oneof(item, fc.array(item, { maxLength: 6 }), map(item));
const value = level(level(level(level(scalar))));

describe("decodeCbor", () => {
  // RFC 8949 appendix A, where it falls into the subset.
  it.each([
    ["00", 0],
    ["17", 23],
    ["1818", 24],
    ["1903e8", 1000],
    ["1a000f4240", 1_000_000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["1b001fffffffffffff", Number.MAX_SAFE_INTEGER],
    ["f6", null],
    ["40", hex("")],
    ["4401020304", hex("01020304")],
    ["60", ""],
    ["62c3bc", "ü"],
    ["64f0908591", "𐅑"],
    ["80", []],
    ["8301820203820405", [1, [2, 3], [4, 5]]],
    ["a0", new Map()],
    [
      "a201020304",
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    ["bf61610161629f", undefined],
    [
      "bf6161016162f6ff",
      new Map<string, unknown>([
        ["a", 1],
        ["b", null],
      ]),
    ],
  ] as const)("reads %s", (digits, expected) => {
    if (expected === undefined) expect(() => decodeCbor(hex(digits))).toThrow("CBOR_INDEFINITE_LENGTH");
    else expect(decodeCbor(hex(digits))).toEqual(expected);
  });

  it.each([
    ["", "CBOR_TRUNCATED"],
    ["18", "CBOR_TRUNCATED"],
    ["4401", "CBOR_TRUNCATED"],
    ["8201", "CBOR_TRUNCATED"],
    ["bf", "CBOR_TRUNCATED"],
    ["9bffffffffffffffff", "CBOR_INTEGER_TOO_LARGE"],
    ["1b0020000000000000", "CBOR_INTEGER_TOO_LARGE"],
    ["1817", "CBOR_NOT_SHORTEST"],
    ["1900ff", "CBOR_NOT_SHORTEST"],
    ["1a0000ffff", "CBOR_NOT_SHORTEST"],
    ["1b00000000ffffffff", "CBOR_NOT_SHORTEST"],
    ["580101", "CBOR_NOT_SHORTEST"],
    ["20", "CBOR_TYPE_REFUSED"],
    ["c000", "CBOR_TYPE_REFUSED"],
    ["f4", "CBOR_TYPE_REFUSED"],
    ["f7", "CBOR_TYPE_REFUSED"],
    ["f97e00", "CBOR_TYPE_REFUSED"],
    ["ff", "CBOR_TYPE_REFUSED"],
    ["1c", "CBOR_TYPE_REFUSED"],
    ["5f4100ff", "CBOR_INDEFINITE_LENGTH"],
    ["9f00ff", "CBOR_INDEFINITE_LENGTH"],
    ["81bfff", "CBOR_INDEFINITE_LENGTH"],
    ["61ff", "CBOR_UTF8_INVALID"],
    ["63eda080", "CBOR_UTF8_INVALID"],
    ["a1f600", "CBOR_KEY_REFUSED"],
    ["a18000", "CBOR_KEY_REFUSED"],
    ["a201000100", "CBOR_KEY_DUPLICATE"],
    ["bf01000100ff", "CBOR_KEY_DUPLICATE"],
    ["8181818180", "CBOR_TOO_DEEP"],
    ["bf00a100a100a100a100ff", "CBOR_TOO_DEEP"],
    ["0000", "CBOR_TRAILING_BYTES"],
  ])("refuses %s", (digits, code) => {
    expect(() => decodeCbor(hex(digits))).toThrow(expect.objectContaining({ code }) as Error);
  });

  it("reads four containers deep, and a number beside the same text as keys", () => {
    expect(decodeCbor(hex("81818180"))).toEqual([[[[]]]]);
    expect(decodeCbor(hex("a20000613000"))).toEqual(
      new Map<unknown, number>([
        [0, 0],
        ["0", 0],
      ]),
    );
  });

  it("reads what is written, and nothing where it is cut", () => {
    fc.assert(
      fc.property(value, (original) => {
        const bytes = encode(original);
        expect(decodeCbor(bytes)).toEqual(original);
        for (let length = 0; length < Math.min(bytes.length, 64); length += 1) {
          expect(() => decodeCbor(bytes.subarray(0, length))).toThrow("CBOR_TRUNCATED");
        }
      }),
    );
  });

  it("reads the same from a map of indefinite length", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (keys) => {
        const entries = keys.map((text) => [encodeText(text), encodeUnsigned(1)] as const);
        expect(decodeCbor(encodeIndefiniteMap(entries))).toEqual(decodeCbor(encodeMap(entries)));
      }),
    );
  });

  it("throws an UntrustedError or gives what another decoder gives", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let own: CborValue;
        try {
          own = decodeCbor(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UntrustedError);
          return;
        }
        const theirs = cbor.decodeFirstSync(bytes);
        if (typeof own === "number" || typeof own === "string") expect(theirs).toEqual(own);
        if (own instanceof Uint8Array) expect(Uint8Array.from(theirs as Uint8Array)).toEqual(own);
      }),
      { numRuns: 2000 },
    );
  });
});

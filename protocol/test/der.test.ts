import fc from "fast-check";
import forge from "node-forge";
import { describe, expect, it } from "vitest";
import {
  derTag,
  parseDer,
  readAll,
  readDefaultFalse,
  readElement,
  readInside,
  readNamedBits,
  readOid,
  readUnsignedInteger,
  readWholeOctets,
  type DerReader,
} from "../der.ts";
import { readTime } from "../derTime.ts";
import { UntrustedError } from "../errors.ts";
import { parseDerSignature, parseRawSignature } from "../ecdsa.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const ascii = (tag: string, text: string): string =>
  tag + text.length.toString(16).padStart(2, "0") + Buffer.from(text, "latin1").toString("hex");
const read = <T>(digits: string, body: (reader: DerReader) => T): T => parseDer(hex(digits), body);
const integer = (digits: string): string => Buffer.from(read(digits, readUnsignedInteger)).toString("hex");
const octets = (reader: DerReader): number => readElement(reader, derTag.octetString).content.length;
const order256 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

const refused: readonly (readonly [string, string, (reader: DerReader) => unknown, string])[] = [
  ["nothing", "", octets, "DER_TRUNCATED"],
  ["a tag alone", "04", octets, "DER_TRUNCATED"],
  ["a length without its octets", "0482", octets, "DER_TRUNCATED"],
  ["content that ends early", "040201", octets, "DER_TRUNCATED"],
  ["an indefinite length", "0480000000", octets, "DER_LENGTH_REFUSED"],
  ["a long form for a short length", "04810100", octets, "DER_LENGTH_REFUSED"],
  ["a long form with a leading zero", `04820080${"00".repeat(128)}`, octets, "DER_LENGTH_REFUSED"],
  ["four length octets", "048401000000", octets, "DER_LENGTH_REFUSED"],
  ["another tag", "0500", octets, "DER_TAG_REFUSED"],
  ["a long-form tag", "1f0400", octets, "DER_TAG_REFUSED"],
  ["a constructed string", "24020400", octets, "DER_TAG_REFUSED"],
  ["trailing bytes", "040000", octets, "DER_TRAILING_BYTES"],
  [
    "trailing bytes inside",
    "300404000400",
    (reader) => readInside(reader, derTag.sequence, octets),
    "DER_TRAILING_BYTES",
  ],
  ["an empty integer", "0200", readUnsignedInteger, "DER_INTEGER_REFUSED"],
  ["a negative integer", "020180", readUnsignedInteger, "DER_INTEGER_REFUSED"],
  ["an integer with a needless zero", "02020001", readUnsignedInteger, "DER_INTEGER_REFUSED"],
  ["FALSE written out", "010100", readDefaultFalse, "DER_BOOLEAN_REFUSED"],
  ["TRUE as 01", "010101", readDefaultFalse, "DER_BOOLEAN_REFUSED"],
  ["TRUE in two octets", "0102ffff", readDefaultFalse, "DER_BOOLEAN_REFUSED"],
  ["unused bits", "03020180", readWholeOctets, "DER_BIT_STRING_REFUSED"],
  ["a bit string without a count", "0300", readWholeOctets, "DER_BIT_STRING_REFUSED"],
  ["eight unused bits", "03020880", readNamedBits, "DER_BIT_STRING_REFUSED"],
  ["no named bits", "030100", readNamedBits, "DER_BIT_STRING_REFUSED"],
  ["17 named bits", "0304000101ff", readNamedBits, "DER_BIT_STRING_REFUSED"],
  ["an empty list", "", (reader) => readAll(reader, octets), "DER_TRUNCATED"],
  ["GeneralizedTime before 2050", ascii("18", "20260115120000Z"), readTime, "DER_TIME_REFUSED"],
  ["GeneralizedTime with a fraction", ascii("18", "20510115120000.1Z"), readTime, "DER_TIME_REFUSED"],
  ["a time of another type", ascii("16", "20510115120000Z"), readTime, "DER_TAG_REFUSED"],
];

describe("DER", () => {
  it.each(refused)("refuses %s", (_name, digits, body, code) => {
    expect(() => read(digits, body)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it("reads integers, object identifiers, bits and lengths", () => {
    expect(integer("020100")).toBe("00");
    expect(integer("02020080")).toBe("80");
    expect(integer("02017f")).toBe("7f");
    expect(read("06032a0304", readOid)).toBe("2a0304");
    expect(read("030206c0", readNamedBits)).toBe(0xc000);
    expect(read("0303070680", readNamedBits)).toBe(0x0680);
    expect(read(`048180${"00".repeat(128)}`, octets)).toBe(128);
    expect(read(`04820100${"00".repeat(256)}`, octets)).toBe(256);
    expect(read("04000400", (reader) => readAll(reader, octets))).toEqual([0, 0]);
  });

  it("reads times across both centuries", () => {
    expect(read(ascii("17", "491231235959Z"), readTime)).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
    expect(read(ascii("17", "500101000000Z"), readTime)).toBe(Date.UTC(1950, 0, 1));
    expect(read(ascii("18", "20500101000000Z"), readTime)).toBe(Date.UTC(2050, 0, 1));
    expect(read(ascii("17", "240229000000Z"), readTime)).toBe(Date.UTC(2024, 1, 29));
  });

  it("throws an UntrustedError or reads one element as another reader does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (tail) => {
        const bytes = Uint8Array.of(derTag.octetString, ...tail);
        let length: number;
        try {
          length = parseDer(bytes, octets);
        } catch (error) {
          expect(error).toBeInstanceOf(UntrustedError);
          return;
        }
        const theirs = forge.asn1.fromDer(Buffer.from(bytes).toString("latin1"));
        expect(theirs.value).toHaveLength(length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("ECDSA signatures", () => {
  const half = (digits: string): string => digits.padStart(64, "0");
  it.each([
    ["r = 0", half("0") + half("1"), "ECDSA_SCALAR_REFUSED"],
    ["s = 0", half("1") + half("0"), "ECDSA_SCALAR_REFUSED"],
    ["r = n", order256 + half("1"), "ECDSA_SCALAR_REFUSED"],
    ["s > n", half("1") + "f".repeat(64), "ECDSA_SCALAR_REFUSED"],
    ["63 bytes", "01".repeat(63), "ECDSA_LENGTH_REFUSED"],
  ])("refuses %s", (_name, digits, code) => {
    expect(() => parseRawSignature(hex(digits), "P-256")).toThrow(expect.objectContaining({ code }) as Error);
  });

  it("accepts n - 1, and reads DER as r || s", () => {
    const nMinus1 = `${order256.slice(0, -1)}0`;
    expect(parseRawSignature(hex(nMinus1 + nMinus1), "P-256")).toHaveLength(64);
    expect(Buffer.from(parseDerSignature(hex("3006020101020102"), "P-256")).toString("hex")).toBe(
      half("1") + half("2"),
    );
  });

  it.each([
    ["a scalar of 33 bytes", `3026022101${"00".repeat(32)}020101`, "ECDSA_SCALAR_REFUSED"],
    ["a third integer", "3009020101020101020101", "DER_TRAILING_BYTES"],
    ["a negative scalar", "30060201ff020101", "DER_INTEGER_REFUSED"],
  ])("refuses DER with %s", (_name, digits, code) => {
    expect(() => parseDerSignature(hex(digits), "P-256")).toThrow(expect.objectContaining({ code }) as Error);
  });
});

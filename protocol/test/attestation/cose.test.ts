import { describe, expect, it } from "vitest";
import { parseCoseSign1 } from "../../cose.ts";
import {
  encodeArray,
  encodeBytes,
  encodeIndefiniteMap,
  encodeMap,
  encodeText,
  encodeUnsigned,
} from "../../../enclave/nsm/simulated/cborWriter.ts";
import { concatBytes } from "../../bytes.ts";
import { codeFor, codeOf, derSignature, random, verify, writeDocument, type Recipe } from "./synthetic.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const order =
  "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
const withHalf = (index: 0 | 1, half: string) => (raw: Uint8Array) =>
  index === 0 ? concatBytes(hex(half), raw.subarray(48)) : concatBytes(raw.subarray(0, 48), hex(half));

const refused: readonly (readonly [string, Recipe, string])[] = [
  [
    "01 sig-bitflip",
    { signature: (raw) => raw.map((byte, i) => (i === 90 ? byte ^ 1 : byte)) },
    "ATTESTATION_SIGNATURE_INVALID",
  ],
  ["02 sig-all-zero", { signature: () => new Uint8Array(96) }, "ECDSA_SCALAR_REFUSED"],
  ["03 sig-empty", { signature: () => new Uint8Array(0) }, "ECDSA_LENGTH_REFUSED"],
  ["04 sig-95-bytes", { signature: (raw) => raw.subarray(0, 95) }, "ECDSA_LENGTH_REFUSED"],
  ["04 sig-97-bytes", { signature: (raw) => concatBytes(raw, hex("00")) }, "ECDSA_LENGTH_REFUSED"],
  ["05 sig-der-encoded", { signature: derSignature }, "ECDSA_LENGTH_REFUSED"],
  ["06 sig-r=0", { signature: withHalf(0, "00".repeat(48)) }, "ECDSA_SCALAR_REFUSED"],
  ["06 sig-s=0", { signature: withHalf(1, "00".repeat(48)) }, "ECDSA_SCALAR_REFUSED"],
  ["06 sig-r=n", { signature: withHalf(0, order) }, "ECDSA_SCALAR_REFUSED"],
  ["06 sig-s=n", { signature: withHalf(1, order) }, "ECDSA_SCALAR_REFUSED"],
  ["06 sig-s>n", { signature: withHalf(1, "ff".repeat(48)) }, "ECDSA_SCALAR_REFUSED"],
  ["07 alg-ES256", { protectedHeader: hex("a10126") }, "COSE_PROTECTED_REFUSED"],
  [
    "08 alg-text",
    { protectedHeader: concatBytes(hex("a101"), encodeText("ES384")) },
    "COSE_PROTECTED_REFUSED",
  ],
  ["09 alg-missing", { protectedHeader: hex("a0") }, "COSE_PROTECTED_REFUSED"],
  [
    "10 alg-in-unprotected-only",
    { protectedHeader: hex(""), unprotected: hex("a1013822") },
    "CBOR_TYPE_REFUSED",
  ],
  ["11 protected-extra-key", { protectedHeader: hex("a20138220400") }, "COSE_PROTECTED_REFUSED"],
  ["12 protected-noncanonical", { protectedHeader: hex("a118013822") }, "COSE_PROTECTED_REFUSED"],
  ["13 crit-header", { protectedHeader: hex("a2013822028104") }, "COSE_PROTECTED_REFUSED"],
  [
    "14 unprotected-nonempty",
    { unprotected: encodeMap([[encodeUnsigned(4), encodeUnsigned(1)]]) },
    "COSE_UNPROTECTED_REFUSED",
  ],
  ["14 unprotected of indefinite length", { unprotected: hex("bfff") }, "CBOR_INDEFINITE_LENGTH"],
  ["15 tag-17", { message: (parts) => concatBytes(hex("d1"), encodeArray(parts)) }, "COSE_TAG_REFUSED"],
  ["15 tag-98", { message: (parts) => concatBytes(hex("d862"), encodeArray(parts)) }, "COSE_TAG_REFUSED"],
  [
    "15 double tag 18",
    { message: (parts) => concatBytes(hex("d2d2"), encodeArray(parts)) },
    "COSE_TAG_REFUSED",
  ],
  [
    "15 tag 18 not shortest",
    { message: (parts) => concatBytes(hex("d812"), encodeArray(parts)) },
    "COSE_TAG_REFUSED",
  ],
  ["16 array-3", { message: (parts) => encodeArray(parts.slice(0, 3)) }, "COSE_STRUCTURE_REFUSED"],
  ["16 array-5", { message: (parts) => encodeArray([...parts, hex("00")]) }, "COSE_STRUCTURE_REFUSED"],
  ["16 a map", { message: () => encodeMap([]) }, "COSE_STRUCTURE_REFUSED"],
  [
    "16 array of indefinite length",
    { message: (parts) => concatBytes(hex("9f"), ...parts, hex("ff")) },
    "CBOR_INDEFINITE_LENGTH",
  ],
  [
    "17 payload-detached",
    { message: ([a, b, , d]) => encodeArray([a, b, hex("f6"), d].map((part) => part ?? hex(""))) },
    "COSE_PAYLOAD_REFUSED",
  ],
  [
    "17 signature-null",
    { message: ([a, b, c]) => encodeArray([a, b, c, hex("f6")].map((part) => part ?? hex(""))) },
    "COSE_SIGNATURE_REFUSED",
  ],
  ["18 payload>16384", { payload: () => encodeBytes(new Uint8Array(16384)) }, "ATTESTATION_TOO_LARGE"],
  [
    "19 cose-trailing-byte",
    { message: (parts) => concatBytes(encodeArray(parts), hex("00")) },
    "CBOR_TRAILING_BYTES",
  ],
  ["20 external_aad-nonempty", { externalData: hex("00") }, "ATTESTATION_SIGNATURE_INVALID"],
  ["21 context-Signature", { context: "Signature" }, "ATTESTATION_SIGNATURE_INVALID"],
];

describe("COSE_Sign1 around a document", () => {
  it.each(refused)("refuses %s", async (_name, recipe, code) => {
    expect(await codeOf(recipe)).toBe(code);
  });

  it("refuses 22 sign-over-reencoded-payload", async () => {
    const { document, rootDer } = await writeDocument({
      message: ([header, unprotected, , signature]) =>
        encodeArray([header, unprotected, reencoded, signature].map((part) => part ?? hex(""))),
      payload: (entries) => {
        reencoded = encodeBytes(encodeIndefiniteMap(entries));
        return encodeMap(entries);
      },
    });
    expect(await codeFor(document, rootDer)).toBe("ATTESTATION_SIGNATURE_INVALID");
  });
  let reencoded = hex("");

  it("accepts tag 18 once, and both forms of the payload's map", async () => {
    expect(await codeOf({ message: (parts) => concatBytes(hex("d2"), encodeArray(parts)) })).toBe("accepted");
    expect(await codeOf({ payload: encodeIndefiniteMap })).toBe("accepted");
    expect(await codeOf({})).toBe("accepted");
  });

  it("accepts a signature and its twin with s negated: nothing may depend on low s", async () => {
    const n = BigInt(`0x${order}`);
    const negate = (raw: Uint8Array): Uint8Array => {
      const s = BigInt(`0x${Buffer.from(raw.subarray(48)).toString("hex")}`);
      return concatBytes(raw.subarray(0, 48), hex((n - s).toString(16).padStart(96, "0")));
    };
    expect(await codeOf({ signature: negate })).toBe("accepted");
  });

  it("refuses a document cut at any byte", async () => {
    const { document, rootDer } = await writeDocument();
    for (let length = 0; length < document.length; length += 1) {
      expect(() => parseCoseSign1(document.subarray(0, length))).toThrow("CBOR_TRUNCATED");
    }
    await expect(verify(document.subarray(0, 2000), rootDer)).rejects.toThrow("CBOR_TRUNCATED");
  });

  it("refuses a document with any one bit turned", async () => {
    const { document, rootDer } = await writeDocument();
    for (let round = 0; round < 150; round += 1) {
      const [high = 0, low = 0, bit = 0] = random(3);
      const at = (high * 256 + low) % document.length;
      const turned = document.map((byte, index) => (index === at ? byte ^ (1 << (bit & 7)) : byte));
      expect(await codeFor(turned, rootDer), `byte ${at}`).not.toBe("accepted");
    }
  });
});

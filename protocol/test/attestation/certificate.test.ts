import { describe, expect, it } from "vitest";
import { concatBytes, hexFromBytes } from "../../bytes.ts";
import {
  codeOf,
  decodeDer,
  nowMs,
  replaceHex,
  syntheticKeys,
  type CertificateRecipe,
  type Level,
  type Recipe,
} from "./synthetic.ts";
import { addExtension, dropVersion, extensionsOf, hex, type Asn1 } from "./trees.ts";

const at = (level: Level, recipe: CertificateRecipe): Recipe => ({ certificates: { [level]: recipe } });
const swap = (from: string, to: string) => (der: Uint8Array) => replaceHex(der, from, to);

const ca = { critical: "0603551d130101ff0408", value: "30060101ff020101" };
const leafConstraints = "300c0603551d130101ff04023000";
const unknownExtension = "300c06032a03040101ff04020500";
const sameTime = (notBeforeMs: number, notAfterMs: number): CertificateRecipe => ({
  fields: { notBeforeMs, notAfterMs },
});
const hour = 60 * 60_000;

const structure: readonly (readonly [string, Recipe, string])[] = [
  [
    "94 sig-alg-SHA-256",
    at("zone", {
      signedPart: swap("2a8648ce3d040303", "2a8648ce3d040302"),
      outerAlgorithm: hex("300a06082a8648ce3d040302"),
    }),
    "X509_ALGORITHM_REFUSED",
  ],
  [
    "95 inner!=outer",
    at("zone", { outerAlgorithm: hex("300a06082a8648ce3d040302") }),
    "X509_ALGORITHM_MISMATCH",
  ],
  [
    "96 alg with NULL params",
    at("zone", {
      tree: (signedPart) => {
        const algorithm = (signedPart.value as Asn1[])[2];
        (algorithm?.value as Asn1[]).push(decodeDer(hex("0500")));
      },
      outerAlgorithm: hex("300c06082a8648ce3d0403030500"),
    }),
    "X509_ALGORITHM_REFUSED",
  ],
  [
    "97 unknown curve",
    at("leaf", { signedPart: swap("06052b81040022", "06052b81040023") }),
    "X509_KEY_REFUSED",
  ],
  ["97 compressed point", at("leaf", { signedPart: swap("03620004", "03620002") }), "X509_KEY_REFUSED"],
  [
    "97 infinity",
    at("leaf", {
      tree: (signedPart) => {
        const key = (signedPart.value as Asn1[])[6]?.value as Asn1[];
        key[1] = decodeDer(hex("03020000"));
      },
    }),
    "X509_KEY_REFUSED",
  ],
  [
    "98 unused bits in SPKI",
    at("leaf", { signedPart: swap("03620004", "03620104") }),
    "DER_BIT_STRING_REFUSED",
  ],
  ["98 unused bits in signature", at("leaf", { unusedBits: 1 }), "DER_BIT_STRING_REFUSED"],
  [
    "99 unknown-critical-ext in a CA",
    at("region", { tree: addExtension(unknownExtension) }),
    "X509_EXTENSION_UNKNOWN",
  ],
  [
    "99 unknown-critical-ext in the leaf",
    at("leaf", { tree: addExtension(unknownExtension) }),
    "X509_EXTENSION_UNKNOWN",
  ],
  ["100 duplicate-ext", at("leaf", { tree: addExtension(leafConstraints) }), "X509_EXTENSION_DUPLICATE"],
  ["101 v1 cert", at("zone", { tree: dropVersion }), "X509_VERSION_REFUSED"],
  ["101 v2 cert", at("zone", { signedPart: swap("a003020102", "a003020101") }), "X509_VERSION_REFUSED"],
  ["102 BOOLEAN 01", at("zone", { signedPart: swap(ca.value, "3006010101020101") }), "DER_BOOLEAN_REFUSED"],
  [
    "102 default FALSE written out",
    at("leaf", {
      tree: (signedPart) => {
        extensionsOf(signedPart)[1] = decodeDer(hex("300e0603551d0f0101000404030206c0"));
      },
    }),
    "DER_BOOLEAN_REFUSED",
  ],
  ["102 trailing", at("zone", { whole: (der) => concatBytes(der, hex("00")) }), "DER_TRAILING_BYTES"],
  ["102 long-form tag", at("zone", { whole: swap("a003020102", "bf03020102") }), "X509_VERSION_REFUSED"],
  ["102 indefinite", at("zone", { whole: (der) => concatBytes(hex("3080"), der) }), "DER_LENGTH_REFUSED"],
  [
    "102 nonminimal length",
    at("zone", { signedPart: (der) => concatBytes(hex("308300"), der.subarray(2)) }),
    "DER_LENGTH_REFUSED",
  ],
  [
    "102 keyUsage with a trailing zero bit",
    at("leaf", { signedPart: swap("030206c0", "030205c0") }),
    "DER_BIT_STRING_REFUSED",
  ],
  [
    "102 keyUsage with set padding",
    at("leaf", { signedPart: swap("030206c0", "030206c1") }),
    "DER_BIT_STRING_REFUSED",
  ],
  ["104 serial-0", at("zone", { fields: { serial: Uint8Array.of(0) } }), "X509_SERIAL_REFUSED"],
  [
    "104 serial-negative",
    at("zone", { fields: { serial: hex("7fabcdef") }, signedPart: swap("02047fabcdef", "0204ffabcdef") }),
    "DER_INTEGER_REFUSED",
  ],
  [
    "104 serial-21-bytes",
    at("zone", { fields: { serial: new Uint8Array(21).fill(1) } }),
    "X509_SERIAL_REFUSED",
  ],
  [
    "103 validity that ends before it begins",
    at("zone", sameTime(nowMs, nowMs - hour)),
    "X509_VALIDITY_REFUSED",
  ],
];

describe("certificates of a document", () => {
  it.each(structure)("refuses %s", async (_name, recipe, code) => {
    expect(await codeOf(recipe)).toBe(code);
  });

  it("refuses 97 point-not-on-curve", async () => {
    const { leaf } = await syntheticKeys();
    const tail = hexFromBytes(leaf.spki.subarray(-4));
    const bent = at("leaf", {
      signedPart: swap(tail, `${tail.slice(0, 7)}${tail.endsWith("0") ? "1" : "0"}`),
    });
    expect(await codeOf(bent)).toBe("X509_KEY_REFUSED");
  });

  it("refuses 97 P-256 key", async () => {
    const p256 = at("leaf", {
      tree: (signedPart) => {
        const point = `046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5`;
        const spki = `3059301306072a8648ce3d020106082a8648ce3d030107034200${point}`;
        (signedPart.value as Asn1[])[6] = decodeDer(hex(spki));
      },
    });
    expect(await codeOf(p256)).toBe("ATTESTATION_KEY_REFUSED");
  });

  const times: readonly (readonly [string, number, string, string])[] = [
    ["no-seconds", 0, "2601151100Z", "DER_TIME_REFUSED"],
    ["offset", 0, "260115110000+0100", "DER_TIME_REFUSED"],
    ["no zone", 0, "260115110000", "DER_TIME_REFUSED"],
    ["Feb 30", 0, "260230110000Z", "DER_TIME_REFUSED"],
    ["hour 24", 0, "260115240000Z", "DER_TIME_REFUSED"],
    ["fraction", 0, "260115110000.5Z", "DER_TIME_REFUSED"],
    ["letters", 0, "2a0115110000Z", "DER_TIME_REFUSED"],
    ["year 50, which is 1950", 1, "500115120000Z", "X509_VALIDITY_REFUSED"],
  ];
  it.each(times)("refuses 103 UTCTime with %s", async (_name, index, text, code) => {
    const tree = (signedPart: Asn1): void => {
      const validity = (signedPart.value as Asn1[])[4]?.value as Asn1[];
      Object.assign(validity[index] ?? {}, { value: text });
    };
    expect(await codeOf(at("zone", { tree }))).toBe(code);
  });

  it("refuses a name without, or with two common names", async () => {
    const nameless = at("leaf", {
      tree: (signedPart) => {
        const subject = (signedPart.value as Asn1[])[5]?.value as Asn1[];
        subject.pop();
      },
    });
    const doubled = at("leaf", {
      tree: (signedPart) => {
        const subject = (signedPart.value as Asn1[])[5]?.value as Asn1[];
        subject.push(...subject.slice(-1));
      },
    });
    expect(await codeOf(nameless)).toBe("X509_NAME_REFUSED");
    expect(await codeOf(doubled)).toBe("X509_NAME_REFUSED");
  });
});

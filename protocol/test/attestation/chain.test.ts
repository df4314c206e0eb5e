import { describe, expect, it } from "vitest";
import { concatBytes, hexFromBytes } from "../../bytes.ts";
import { parseCertificate } from "../../x509.ts";
import { createSigningKey } from "../../../enclave/nsm/simulated/signing.ts";
import {
  codeFor,
  codeOf,
  decodeDer,
  derSignature,
  levels,
  moduleId,
  nowMs,
  replaceHex,
  syntheticKeys,
  writeChain,
  writeDocument,
  type CertificateRecipe,
  type Circumstances,
  type Level,
  type Recipe,
} from "./synthetic.ts";
import { dropExtension, extensionsOf, hex, type Asn1 } from "./trees.ts";

const at = (level: Level, recipe: CertificateRecipe): Recipe => ({ certificates: { [level]: recipe } });
const swap = (from: string, to: string) => (der: Uint8Array) => replaceHex(der, from, to);

const ca = { critical: "0603551d130101ff0408", value: "30060101ff020101" };
const caUsage = "0603551d0f0101ff040403020186";
const leafUsage = "0603551d0f0404030206c0";
const sameTime = (notBeforeMs: number, notAfterMs: number): CertificateRecipe => ({
  fields: { notBeforeMs, notAfterMs },
});
const hour = 60 * 60_000;

const structure: readonly (readonly [string, Recipe, string])[] = [
  ["79 root-missing", { cabundle: (good) => good.slice(1) }, "ATTESTATION_ROOT_UNKNOWN"],
  [
    "80 root-duplicated",
    { cabundle: (good) => [...good.slice(0, 1), ...good] },
    "ATTESTATION_CHAIN_LENGTH_REFUSED",
  ],
  [
    "82 chain-reordered",
    { cabundle: ([a, b, c, d]) => [a, c, b, d].map((der) => der ?? hex("")) },
    "ATTESTATION_ISSUER_MISMATCH",
  ],
  ["83 intermediate-dropped", { cabundle: (good) => good.slice(0, 3) }, "ATTESTATION_CHAIN_LENGTH_REFUSED"],
  [
    "84 leaf-as-CA",
    { cabundle: ([a, , c, d], leaf) => [a, c, d, leaf].map((der) => der ?? hex("")) },
    "ATTESTATION_ISSUER_MISMATCH",
  ],
  [
    "85 CA-as-leaf",
    at("leaf", { fields: { authority: { pathLength: 0 } } }),
    "ATTESTATION_LEAF_CONSTRAINTS_REFUSED",
  ],
  ["85 leaf without bc", at("leaf", { tree: dropExtension(0) }), "ATTESTATION_LEAF_CONSTRAINTS_REFUSED"],
  ["86 bc-missing", at("zone", { tree: dropExtension(0) }), "ATTESTATION_CA_CONSTRAINTS_REFUSED"],
  ["86 bc-CA=false", at("zone", { fields: { authority: "leaf" } }), "ATTESTATION_CA_CONSTRAINTS_REFUSED"],
  [
    "86 bc-noncritical",
    at("zone", {
      tree: (signedPart) => {
        (extensionsOf(signedPart)[0]?.value as Asn1[]).splice(1, 1);
      },
    }),
    "ATTESTATION_CA_CONSTRAINTS_REFUSED",
  ],
  [
    "87 pathLen-exceeded by region",
    at("region", { fields: { authority: { pathLength: 1 } } }),
    "ATTESTATION_PATH_LENGTH_EXCEEDED",
  ],
  [
    "87 pathLen-exceeded by zone",
    at("zone", { fields: { authority: { pathLength: 0 } } }),
    "ATTESTATION_PATH_LENGTH_EXCEEDED",
  ],
  [
    "88 pathLen-negative",
    at("zone", { signedPart: swap(ca.value, "30060101ff0201ff") }),
    "DER_INTEGER_REFUSED",
  ],
  [
    "88 pathLen-huge",
    at("zone", {
      tree: (signedPart) => {
        const list = extensionsOf(signedPart);
        list[0] = decodeDer(hex("30130603551d130101ff0409300701 01ff0202 0400".replaceAll(" ", "")));
      },
    }),
    "X509_CONSTRAINTS_REFUSED",
  ],
  [
    "88 pathLen without CA",
    at("leaf", {
      tree: (signedPart) => {
        extensionsOf(signedPart)[0] = decodeDer(hex("300f0603551d130101ff04053003020100"));
      },
    }),
    "X509_CONSTRAINTS_REFUSED",
  ],
  ["89 ku-missing", at("instance", { tree: dropExtension(1) }), "ATTESTATION_CA_KEY_USAGE_REFUSED"],
  [
    "89 keyCertSign-unset",
    at("instance", { signedPart: swap(caUsage, "0603551d0f0101ff040403020780") }),
    "ATTESTATION_CA_KEY_USAGE_REFUSED",
  ],
  [
    "90 leaf-with-keyCertSign",
    at("leaf", { signedPart: swap(leafUsage, "0603551d0f040403020284") }),
    "ATTESTATION_LEAF_KEY_USAGE_REFUSED",
  ],
  [
    "90 leaf-without-digitalSignature",
    at("leaf", { signedPart: swap(leafUsage, "0603551d0f040403020640") }),
    "ATTESTATION_LEAF_KEY_USAGE_REFUSED",
  ],
  ["90 leaf without keyUsage", at("leaf", { tree: dropExtension(1) }), "ATTESTATION_LEAF_KEY_USAGE_REFUSED"],
  ["93 issuer!=subject", at("zone", { fields: { issuer: "somebody else" } }), "ATTESTATION_ISSUER_MISMATCH"],
  [
    "106 CN!=module_id",
    at("leaf", { fields: { subject: "i-1123456789abcdef0-enc0123456789abcdef0.test-1.aws" } }),
    "ATTESTATION_NAME_MISMATCH",
  ],
  [
    "107 region mix in the leaf",
    at("leaf", { fields: { subject: `${moduleId}.test-2.aws` } }),
    "ATTESTATION_NAME_MISMATCH",
  ],
  [
    "107 zone of another region",
    {
      certificates: {
        zone: { fields: { subject: "1122.zonal.test-2.aws.nitro-enclaves" } },
        instance: { fields: { issuer: "1122.zonal.test-2.aws.nitro-enclaves" } },
      },
    },
    "ATTESTATION_NAME_MISMATCH",
  ],
  [
    "107 region without a region",
    {
      certificates: {
        region: { fields: { subject: "aws.nitro-enclaves" } },
        zone: { fields: { issuer: "aws.nitro-enclaves" } },
      },
    },
    "ATTESTATION_NAME_MISMATCH",
  ],
  [
    "108 leaf lifetime>4 h",
    at("leaf", sameTime(nowMs - hour, nowMs + 3 * hour + 1000)),
    "ATTESTATION_LEAF_LIFETIME_TOO_LONG",
  ],
];

describe("chain of a document", () => {
  it.each(structure)("refuses %s", async (_name, recipe, code) => {
    expect(await codeOf(recipe)).toBe(code);
  });

  const depths = levels.map((level) => [level] as const);

  it.each(depths)("refuses 91 notBefore-future of %s, from the second before", async (level) => {
    const starts = (notBeforeMs: number): Recipe => ({
      ...at(level, sameTime(notBeforeMs, nowMs + hour)),
      fields: { timestampMs: nowMs },
    });
    expect(await codeOf(starts(nowMs + 1000))).toBe("CERTIFICATE_NOT_YET_VALID");
    expect(await codeOf(starts(nowMs))).toBe("accepted");
  });

  it.each(depths)("refuses 92 notAfter-past of %s, from the second after", async (level) => {
    const ends = (notAfterMs: number): Recipe => at(level, sameTime(nowMs - hour, notAfterMs));
    expect(await codeOf(ends(nowMs - 1000))).toBe("CERTIFICATE_EXPIRED");
    expect(await codeOf(ends(nowMs))).toBe("accepted");
  });

  it.each(depths.slice(1))("refuses a forged signature of %s", async (level) => {
    const signer = await createSigningKey();
    expect(await codeOf(at(level, { signer }))).toBe("ATTESTATION_CERTIFICATE_SIGNATURE_INVALID");
  });

  it("refuses a document signed by another key than the leaf's", async () => {
    expect(await codeOf({ signer: await createSigningKey() })).toBe("ATTESTATION_SIGNATURE_INVALID");
  });

  it("throws the first failure in chain order", async () => {
    const signer = await createSigningKey();
    const twice: Recipe = { ...at("region", { signer }), signer };
    expect(await codeOf(twice)).toBe("ATTESTATION_CERTIFICATE_SIGNATURE_INVALID");
  });

  it("refuses 78 root-other-same-DN and 81 root re-signed", async () => {
    const keys = await syntheticKeys();
    const { document } = await writeDocument();
    const stranger = await writeChain({ certificates: { root: { key: await createSigningKey() } } });
    expect(await codeFor(document, stranger[0] ?? hex(""))).toBe("ATTESTATION_ROOT_UNKNOWN");
    const twin = await writeChain({ certificates: { root: { signer: keys.root } } });
    expect(await codeFor(document, twin[0] ?? hex(""))).toBe("ATTESTATION_ROOT_UNKNOWN");
  });

  it.each(depths)("refuses 105 revoked (issuer, serial) of %s", async (level) => {
    const { document, rootDer, chain } = await writeDocument();
    const { issuer, serial } = parseCertificate(chain[levels.indexOf(level)] ?? hex(""));
    const entry = { issuer: hexFromBytes(issuer), serial: `00${hexFromBytes(serial).toUpperCase()}` };
    const revoked: Circumstances = { trust: { revokedCertificates: [entry] } };
    expect(await codeFor(document, rootDer, revoked)).toBe("ATTESTATION_CERTIFICATE_REVOKED");
    const other: Circumstances = { trust: { revokedCertificates: [{ ...entry, serial: "1234" }] } };
    expect(await codeFor(document, rootDer, other)).toBe("accepted");
  });

  it("refuses 105 the twin (r, n - s) of a revoked certificate", async () => {
    const order = BigInt(
      "0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    );
    let plain = hex("");
    const recipe = at("zone", {
      signature: (der) => {
        const raw = parseRaw(der);
        const s = (order - BigInt(`0x${hexFromBytes(raw.subarray(48))}`)).toString(16).padStart(96, "0");
        plain = der;
        return derSignature(concatBytes(raw.subarray(0, 48), hex(s)));
      },
    });
    const { document, rootDer, chain } = await writeDocument(recipe);
    expect(await codeFor(document, rootDer)).toBe("accepted");
    expect(plain).not.toHaveLength(0);
    const { issuer, serial } = parseCertificate(chain[2] ?? hex(""));
    const revokedCertificates = [{ issuer: hexFromBytes(issuer), serial: hexFromBytes(serial) }];
    expect(await codeFor(document, rootDer, { trust: { revokedCertificates } })).toBe(
      "ATTESTATION_CERTIFICATE_REVOKED",
    );
  });
});

/** r || s of an Ecdsa-Sig-Value, by the library's reader. */
function parseRaw(der: Uint8Array): Uint8Array {
  const scalars = decodeDer(der).value as Asn1[];
  return concatBytes(
    ...scalars.map(({ value }) =>
      hex(
        Buffer.from(value as string, "latin1")
          .toString("hex")
          .slice(-96)
          .padStart(96, "0"),
      ),
    ),
  );
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import type forge from "node-forge";
import { beforeAll, describe, expect, it } from "vitest";
import type { Address } from "../bytes.ts";
import {
  certificateLifetimes,
  leafName,
  parseLeafCertificate,
  verifyCaProfile,
  verifyLeafIssuedBy,
  verifyLeafProfile,
} from "../leafCertificate.ts";
import { subtle } from "../webcrypto.ts";
import type { CertificateFields } from "../../enclave/nsm/simulated/certificateWriter.ts";
import { createSigningKey, type SigningKey } from "../../enclave/nsm/simulated/signing.ts";
import { decodeDer, der, nowMs, writeCertificate, type CertificateRecipe } from "./attestation/synthetic.ts";

type Asn1 = forge.asn1.Asn1;
const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, "latin1"));
const signer: Address = `0x${"ab".repeat(20)}`;
const day = 24 * 60 * 60_000;

/** Extensions by name, each DER in hex. */
const good = {
  constraints: "300c0603551d130101ff04023000",
  usage: "300e0603551d0f0101ff040403020780",
  purpose: "30130603551d25040c300a06082b06010505070301",
  name: alternativeName(leafName(signer, "oracle")),
};
const caExtensions = {
  constraints: "30120603551d130101ff040830060101ff020100",
  usage: "300e0603551d0f0101ff040403020106",
};
const unknown = "300c06032a03040101ff04020500";

function alternativeName(...names: readonly string[]): string {
  const list = der(0x30, ...names.map((name) => der(0x82, text(name))));
  return Buffer.from(der(0x30, hex("0603551d11"), der(0x04, list))).toString("hex");
}

function withExtensions(extensions: Readonly<Record<string, string>>): (signedPart: Asn1) => void {
  return (signedPart) => {
    const [list] = (signedPart.value as Asn1[])[7]?.value as Asn1[];
    Object.assign(list ?? {}, { value: Object.values(extensions).map((item) => decodeDer(hex(item))) });
  };
}

let caKey: SigningKey;
let leafKey: SigningKey;
let caDer: Uint8Array;
beforeAll(async () => {
  caKey = await createSigningKey();
  const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  leafKey = {
    privateKey: pair.privateKey,
    spki: new Uint8Array(await subtle.exportKey("spki", pair.publicKey)),
  };
  caDer = await ca();
});

interface Departure {
  readonly fields?: Partial<CertificateFields>;
  readonly extensions?: Readonly<Record<string, string>>;
  readonly signer?: SigningKey;
}

function write(
  base: CertificateFields,
  { fields, extensions = {}, signer: key }: Departure,
): Promise<Uint8Array> {
  const recipe: CertificateRecipe = {
    tree: withExtensions(extensions),
    ...(fields && { fields }),
    ...(key && { signer: key }),
  };
  return writeCertificate(base, caKey, recipe);
}

function leaf(departure: Departure = {}): Promise<Uint8Array> {
  const base: CertificateFields = {
    serial: Uint8Array.of(5),
    issuer: "registry CA",
    subject: "leaf",
    notBeforeMs: nowMs - certificateLifetimes.backdateMs,
    notAfterMs: nowMs - certificateLifetimes.backdateMs + certificateLifetimes.leafMs,
    spki: leafKey.spki,
    authority: "leaf",
  };
  return write(base, { ...departure, extensions: { ...good, ...departure.extensions } });
}

function ca(departure: Departure = {}): Promise<Uint8Array> {
  const base: CertificateFields = {
    serial: Uint8Array.of(1),
    issuer: "registry CA",
    subject: "registry CA",
    notBeforeMs: nowMs - day,
    notAfterMs: nowMs - day + certificateLifetimes.caMs,
    spki: caKey.spki,
    authority: "root",
  };
  return write(base, { ...departure, extensions: { ...caExtensions, ...departure.extensions } });
}

const profile = { role: "oracle", nowMs } as const;
const codeOfLeaf = async (departure: Departure, circumstances = profile): Promise<unknown> => {
  try {
    verifyLeafProfile(parseLeafCertificate(await leaf(departure)), circumstances);
    return "accepted";
  } catch (error) {
    return (error as { readonly code?: string }).code ?? error;
  }
};
const extension = (name: string, value: string): Departure => ({ extensions: { [name]: value } });
const lasting = (fromMs: number, toMs: number): Departure => ({
  fields: { notBeforeMs: fromMs, notAfterMs: toMs },
});

const refusedLeaves: readonly (readonly [string, Departure | (() => Departure), string])[] = [
  ["with a P-384 key", () => ({ fields: { spki: caKey.spki } }), "LEAF_KEY_REFUSED"],
  [
    "that is a CA",
    extension("constraints", "300f0603551d130101ff040530030101ff"),
    "LEAF_CONSTRAINTS_REFUSED",
  ],
  ["with keyCertSign too", extension("usage", "300e0603551d0f0101ff040403020284"), "LEAF_KEY_USAGE_REFUSED"],
  [
    "with nonRepudiation too",
    extension("usage", "300e0603551d0f0101ff0404030206c0"),
    "LEAF_KEY_USAGE_REFUSED",
  ],
  ["for clients", extension("purpose", "30130603551d25040c300a06082b06010505070302"), "LEAF_PURPOSE_REFUSED"],
  [
    "for servers and clients",
    extension("purpose", "301d0603551d250416301406082b0601050507030106082b06010505070302"),
    "LEAF_PURPOSE_REFUSED",
  ],
  ["of a registry", extension("name", alternativeName(leafName(signer, "registry"))), "LEAF_NAME_REFUSED"],
  [
    "with upper-case digits",
    extension("name", alternativeName(leafName(signer, "oracle").replaceAll("ab", "AB"))),
    "LEAF_NAME_REFUSED",
  ],
  [
    "for any signer",
    extension("name", alternativeName("*.oracle.opencontracts.internal")),
    "LEAF_NAME_REFUSED",
  ],
  [
    "with a longer name",
    extension("name", alternativeName(`${leafName(signer, "oracle")}.example`)),
    "LEAF_NAME_REFUSED",
  ],
  [
    "with NUL in its name",
    extension("name", alternativeName(`${leafName(signer, "oracle")}\0`)),
    "LEAF_NAME_REFUSED",
  ],
  [
    "with two names",
    extension("name", alternativeName(leafName(signer, "oracle"), "localhost")),
    "DER_TRAILING_BYTES",
  ],
  ["with an IP address", extension("name", "300f0603551d1104083006870400000000"), "DER_TAG_REFUSED"],
  ["with an unknown critical extension", extension("extra", unknown), "X509_EXTENSION_UNKNOWN"],
  [
    "that lives a second longer than a day",
    lasting(nowMs, nowMs + day + 1000),
    "CERTIFICATE_LIFETIME_TOO_LONG",
  ],
  ["of the next second", lasting(nowMs + 1000, nowMs + day), "CERTIFICATE_NOT_YET_VALID"],
  ["of the second before", lasting(nowMs - day, nowMs - 1000), "CERTIFICATE_EXPIRED"],
];

describe("leaf profile", () => {
  it("accepts the good one and names its signer and key", async () => {
    const certificate = parseLeafCertificate(await leaf());
    expect(verifyLeafProfile(certificate, profile)).toEqual({ signer, spki: leafKey.spki });
    await expect(verifyLeafIssuedBy(certificate, caDer)).resolves.toBeUndefined();
  });

  it.each(refusedLeaves)("refuses a leaf %s", async (_name, departure, code) => {
    expect(await codeOfLeaf(typeof departure === "function" ? departure() : departure)).toBe(code);
  });

  it.each([
    ["constraints", "LEAF_CONSTRAINTS_REFUSED"],
    ["usage", "LEAF_KEY_USAGE_REFUSED"],
    ["purpose", "LEAF_PURPOSE_REFUSED"],
    ["name", "LEAF_NAME_REFUSED"],
  ])("refuses a leaf without %s", async (name, code) => {
    expect(await codeOfLeaf(extension(name, "300906032a030404020500"))).toBe(code);
  });

  it("refuses a leaf of another role", async () => {
    const certificate = parseLeafCertificate(await leaf());
    expect(() => verifyLeafProfile(certificate, { role: "registry", nowMs })).toThrow("LEAF_NAME_REFUSED");
  });

  it("refuses a leaf of another CA, of the same name or not", async () => {
    const other = await createSigningKey();
    const forged = parseLeafCertificate(await leaf({ signer: other }));
    await expect(verifyLeafIssuedBy(forged, caDer)).rejects.toMatchObject({ code: "LEAF_SIGNATURE_INVALID" });
    const stranger = parseLeafCertificate(await leaf({ fields: { issuer: "another CA" } }));
    await expect(verifyLeafIssuedBy(stranger, caDer)).rejects.toMatchObject({ code: "LEAF_ISSUER_MISMATCH" });
  });

  it("refuses a leaf issued by a leaf", async () => {
    const issuer = await leaf({ fields: { subject: "registry CA" } });
    const below = parseLeafCertificate(await leaf());
    await expect(verifyLeafIssuedBy(below, issuer)).rejects.toMatchObject({ code: "CA_KEY_REFUSED" });
  });

  it("is what OpenSSL takes for a server's chain, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "leaf-"));
    try {
      writeFileSync(join(folder, "ca.pem"), new X509Certificate(caDer).toString());
      writeFileSync(join(folder, "leaf.pem"), new X509Certificate(await leaf()).toString());
      const options = ["-purpose", "sslserver", "-attime", String(nowMs / 1000)];
      const files = ["-CAfile", join(folder, "ca.pem"), join(folder, "leaf.pem")];
      expect(execFileSync("openssl", ["verify", ...options, ...files], { encoding: "utf8" })).toContain("OK");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const refusedCas: readonly (readonly [string, Departure | (() => Departure), string])[] = [
  ["with a P-256 key", () => ({ fields: { spki: leafKey.spki } }), "CA_KEY_REFUSED"],
  [
    "without a path length",
    extension("constraints", "300f0603551d130101ff040530030101ff"),
    "CA_CONSTRAINTS_REFUSED",
  ],
  [
    "with path length 1",
    extension("constraints", "30120603551d130101ff040830060101ff020101"),
    "CA_CONSTRAINTS_REFUSED",
  ],
  [
    "with constraints that are not critical",
    extension("constraints", "300f0603551d13040830060101ff020100"),
    "CA_CONSTRAINTS_REFUSED",
  ],
  ["that is none", extension("constraints", good.constraints), "CA_CONSTRAINTS_REFUSED"],
  ["without keyCertSign", extension("usage", good.usage), "CA_KEY_USAGE_REFUSED"],
  ["with an unknown critical extension", extension("extra", unknown), "X509_EXTENSION_UNKNOWN"],
  [
    "that lives longer than 90 days",
    lasting(nowMs, nowMs + 90 * day + 1000),
    "CERTIFICATE_LIFETIME_TOO_LONG",
  ],
  ["of tomorrow", lasting(nowMs + day, nowMs + 2 * day), "CERTIFICATE_NOT_YET_VALID"],
  ["of yesterday", lasting(nowMs - 2 * day, nowMs - day), "CERTIFICATE_EXPIRED"],
  ["issued by another name", { fields: { issuer: "another CA" } }, "CA_SIGNATURE_INVALID"],
];

describe("CA profile", () => {
  it("accepts the good one", async () => {
    const certificate = await verifyCaProfile(caDer, nowMs);
    expect(certificate.spki).toEqual(caKey.spki);
  });

  it.each(refusedCas)("refuses a CA %s", async (_name, departure, code) => {
    const bytes = await ca(typeof departure === "function" ? departure() : departure);
    await expect(verifyCaProfile(bytes, nowMs)).rejects.toMatchObject({ code });
  });

  it("refuses a CA that another key has signed", async () => {
    const bytes = await ca({ signer: await createSigningKey() });
    await expect(verifyCaProfile(bytes, nowMs)).rejects.toMatchObject({ code: "CA_SIGNATURE_INVALID" });
  });
});

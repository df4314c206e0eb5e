import { randomBytes } from "node:crypto";
import type forge from "node-forge";
import type { AttestationExpectation, AttestationTrust } from "#protocol/attestation/kind.ts";
import { nitroAttestation } from "#protocol/attestation/nitro.ts";
import { concatBytes } from "#protocol/bytes.ts";
import type { RevokedCertificate } from "#protocol/trust/revocation.ts";
import {
  encodeArray,
  encodeBytes,
  encodeMap,
  encodeText,
  type Cbor,
} from "../../../enclave/nsm/simulated/cborWriter.ts";
import { encodeDer, encodedValue } from "../../../enclave/common/asn1.ts";
import {
  createProfilePart,
  type CertificateFields,
} from "../../../enclave/nsm/simulated/certificateWriter.ts";
import { encodePayloadEntries, type DocumentFields } from "../../../enclave/nsm/simulated/document.ts";
import { simulatedAllowlistEntry, simulatedPcrs } from "../../../enclave/nsm/simulated/measurement.ts";
import { createSigningKey, signEs384, type SigningKey } from "../../../enclave/nsm/simulated/signing.ts";

/** Places in the chain, from the top. */
export const levels = ["root", "region", "zone", "instance", "leaf"] as const;
export type Level = (typeof levels)[number];
type Asn1 = forge.asn1.Asn1;
export type Entries = readonly (readonly [Cbor, Cbor])[];

/** One departure from a good certificate; the signature is made after it, unless it is `whole`. */
export interface CertificateRecipe {
  readonly fields?: Partial<CertificateFields>;
  readonly tree?: (signedPart: Asn1) => void;
  readonly signedPart?: (der: Uint8Array) => Uint8Array;
  readonly key?: SigningKey;
  readonly signer?: SigningKey;
  readonly outerAlgorithm?: Uint8Array;
  readonly signature?: (der: Uint8Array) => Uint8Array;
  readonly unusedBits?: number;
  readonly whole?: (der: Uint8Array) => Uint8Array;
}

/** Departures from a good document; the signature is made after all but the last three. */
export interface Recipe {
  readonly certificates?: Partial<Record<Level, CertificateRecipe>>;
  readonly cabundle?: (good: readonly Uint8Array[], leaf: Uint8Array) => readonly Uint8Array[];
  readonly certificate?: (good: readonly Uint8Array[], leaf: Uint8Array) => Uint8Array;
  readonly fields?: Partial<DocumentFields>;
  readonly entries?: (entries: Entries) => Entries;
  readonly payload?: (entries: Entries) => Uint8Array;
  readonly protectedHeader?: Uint8Array;
  readonly context?: string;
  readonly externalData?: Uint8Array;
  readonly unprotected?: Cbor;
  readonly signer?: SigningKey;
  readonly signature?: (raw: Uint8Array) => Uint8Array;
  readonly message?: (parts: readonly Cbor[]) => Uint8Array;
}

export const nowMs = Date.UTC(2026, 0, 15, 12);
export const moduleId = "i-0123456789abcdef0-enc0123456789abcdef0";
export const nonce = new Uint8Array(32).fill(7);
export const publicKey = new Uint8Array(91).fill(9);
export const userData = new Uint8Array(169).fill(5);
export const es384Header = Uint8Array.of(0xa1, 0x01, 0x38, 0x22);
const hourMs = 60 * 60_000;

const names: Record<Level, string> = {
  root: "simulated.nitro-enclaves",
  region: "00112233445566aa.test-1.aws.nitro-enclaves",
  zone: "1122334455.zonal.test-1.aws.nitro-enclaves",
  instance: "i-0123456789abcdef0.test-1.aws.nitro-enclaves",
  leaf: `${moduleId}.test-1.aws`,
};
const authorities: Record<Level, CertificateFields["authority"]> = {
  root: "root",
  region: { pathLength: 2 },
  zone: { pathLength: 1 },
  instance: { pathLength: 0 },
  leaf: "leaf",
};

let keysOnce: Promise<Record<Level, SigningKey>> | undefined;

/** The keys of every synthetic chain in this process. */
export function syntheticKeys(): Promise<Record<Level, SigningKey>> {
  keysOnce ??= Promise.all(levels.map(async (level) => [level, await createSigningKey()] as const)).then(
    (pairs) => Object.fromEntries(pairs) as Record<Level, SigningKey>,
  );
  return keysOnce;
}

/** Tag, length and content as DER. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return concatBytes(Uint8Array.of(tag, ...head), content);
}

function derInteger(scalar: Uint8Array): Uint8Array {
  const first = scalar.findIndex((byte) => byte !== 0);
  const shortest = first < 0 ? Uint8Array.of(0) : scalar.subarray(first);
  return der(0x02, (shortest[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(0), shortest);
}

/** r || s as an Ecdsa-Sig-Value. */
export function derSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return der(0x30, derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half)));
}

export const ecdsaWithSha384 = Uint8Array.from(Buffer.from("300a06082a8648ce3d040303", "hex"));

/** Signs a certificate as `recipe` says. */
export async function writeCertificate(
  fields: CertificateFields,
  issuer: SigningKey,
  recipe: CertificateRecipe = {},
): Promise<Uint8Array> {
  const tree = createProfilePart({ ...fields, ...recipe.fields });
  recipe.tree?.(tree);
  const encoded = encodeDer(tree);
  const signedPart = recipe.signedPart?.(encoded) ?? encoded;
  const signature = derSignature(await signEs384(recipe.signer ?? issuer, signedPart));
  const changed = recipe.signature?.(signature) ?? signature;
  const bits = der(0x03, Uint8Array.of(recipe.unusedBits ?? 0), changed);
  const whole = der(0x30, signedPart, recipe.outerAlgorithm ?? ecdsaWithSha384, bits);
  return recipe.whole?.(whole) ?? whole;
}

/** The fields of a good certificate at `level`. */
export function goodFields(level: Level, key: SigningKey): CertificateFields {
  const index = levels.indexOf(level);
  return {
    serial: Uint8Array.of(0x80 + index, 1, 2, 3),
    issuer: names[levels[Math.max(0, index - 1)] ?? "root"],
    subject: names[level],
    notBeforeMs: nowMs - hourMs,
    notAfterMs: nowMs + 2 * hourMs,
    spki: key.spki,
    authority: authorities[level],
  };
}

/** The five certificates, root first. */
export async function writeChain(recipe: Recipe = {}): Promise<readonly Uint8Array[]> {
  const keys = await syntheticKeys();
  return Promise.all(
    levels.map((level, index) => {
      const issuerLevel = levels[Math.max(0, index - 1)] ?? "root";
      const own = recipe.certificates?.[level] ?? {};
      const issuerKey = recipe.certificates?.[issuerLevel]?.key ?? keys[issuerLevel];
      return writeCertificate(goodFields(level, own.key ?? keys[level]), issuerKey, own);
    }),
  );
}

function documentKey({ signer, certificates }: Recipe, leafKey: SigningKey): SigningKey {
  return signer ?? certificates?.leaf?.key ?? leafKey;
}

async function signMessage(payload: Uint8Array, recipe: Recipe): Promise<Uint8Array> {
  const keys = await syntheticKeys();
  const header = recipe.protectedHeader ?? es384Header;
  const toBeSigned = encodeArray([
    encodeText(recipe.context ?? "Signature1"),
    encodeBytes(header),
    encodeBytes(recipe.externalData ?? new Uint8Array(0)),
    encodeBytes(payload),
  ]);
  const raw = await signEs384(documentKey(recipe, keys.leaf), toBeSigned);
  const signature = recipe.signature?.(raw) ?? raw;
  const parts = [
    encodeBytes(header),
    recipe.unprotected ?? encodeMap([]),
    encodeBytes(payload),
    encodeBytes(signature),
  ];
  return recipe.message?.(parts) ?? encodeArray(parts);
}

/** A document made as `recipe` says, and the root that it stands under. */
export async function writeDocument(recipe: Recipe = {}): Promise<{
  readonly document: Uint8Array;
  readonly rootDer: Uint8Array;
  readonly chain: readonly Uint8Array[];
}> {
  const chain = await writeChain(recipe);
  const [rootDer = new Uint8Array(0), ...below] = chain;
  const leaf = below.pop() ?? rootDer;
  const good = [rootDer, ...below];
  const fields: DocumentFields = {
    moduleId,
    timestampMs: nowMs - 1000,
    pcrs: simulatedPcrs("oracle"),
    certificate: recipe.certificate?.(good, leaf) ?? leaf,
    cabundle: recipe.cabundle?.(good, leaf) ?? good,
    publicKey,
    userData,
    nonce,
    ...recipe.fields,
  };
  const entries = encodePayloadEntries(fields);
  const changed = recipe.entries?.(entries) ?? entries;
  const payload = recipe.payload?.(changed) ?? encodeMap(changed);
  return { document: await signMessage(payload, recipe), rootDer, chain };
}

/** What a verification is held against, where it departs from the usual. */
export interface Circumstances {
  readonly expectation?: Partial<AttestationExpectation<number>>;
  readonly trust?: Partial<AttestationTrust>;
  readonly revoked?: readonly RevokedCertificate[];
  readonly nowMs?: number;
}

export const allowlist = {
  entries: [simulatedAllowlistEntry("oracle"), simulatedAllowlistEntry("registry")],
};

/** Verifies `document` under `rootDer` as the extension would. */
export function verify(document: Uint8Array, rootDer: Uint8Array, circumstances: Circumstances = {}) {
  const expectation = {
    role: "oracle" as const,
    nonce,
    publicKey,
    readStatement: (bytes: Uint8Array) => bytes.length,
    ...circumstances.expectation,
  };
  const trust = { rootDer, allowlist, revokedCertificates: [], ...circumstances.trust };
  return nitroAttestation.verify(document, expectation, trust, circumstances.nowMs ?? nowMs);
}

/** The code by which the verifier refuses what `recipe` makes; "accepted" where it does not. */
export async function codeOf(recipe: Recipe, circumstances: Circumstances = {}): Promise<string> {
  const { document, rootDer } = await writeDocument(recipe);
  return codeFor(document, rootDer, circumstances);
}

/** The code by which the verifier refuses `document`; "accepted" where it does not. */
export async function codeFor(
  document: Uint8Array,
  rootDer: Uint8Array,
  circumstances: Circumstances = {},
): Promise<string> {
  return verify(document, rootDer, circumstances).then(
    () => "accepted",
    (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
  );
}

/** Replaces the entry `name`, or drops it where `value` is null. */
export function withEntry(name: string, value: Cbor | null): (entries: Entries) => Entries {
  const key = encodeText(name);
  const isNamed = (entry: Cbor): boolean => Buffer.from(entry).equals(key);
  return (entries) =>
    value === null
      ? entries.filter(([entry]) => !isNamed(entry))
      : entries.map(([entry, old]) => [entry, isNamed(entry) ? value : old]);
}

/** Replaces the one place where `from` (hex) stands. */
export function replaceHex(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const hex = Buffer.from(bytes).toString("hex");
  const at = hex.indexOf(from);
  if (at < 0 || at % 2 !== 0) throw new Error(`no ${from} to replace`);
  return Uint8Array.from(Buffer.from(hex.slice(0, at) + to + hex.slice(at + from.length), "hex"));
}

/** `length` bytes from the system. */
export function random(length: number): Uint8Array {
  return Uint8Array.from(randomBytes(length));
}

export { encodedValue as decodeDer };

import { equalBytes, hexFromBytes, type Hex } from "../bytes.ts";
import { parseCoseSign1 } from "../cose.ts";
import { UntrustedError, UsageError } from "../errors.ts";
import {
  parseChain,
  verifyChainStructure,
  verifyNotRevoked,
  verifyRoot,
  verifySignatures,
  verifyValidity,
} from "./chain.ts";
import { parseNitroDocument, type NitroDocument } from "./document.ts";
import type {
  AttestationExpectation,
  AttestationKind,
  AttestationTrust,
  VerifiedAttestation,
} from "./kind.ts";
import { hashImage, readMeasurement, verifyRelease } from "./measurement.ts";
import { verifyNitroProfile } from "./profile.ts";
import { createVerdict } from "./verdict.ts";

const kind = "aws-nitro";
const largestDocumentBytes = 16 * 1024;
const nonceBytes = 32;
const oldestMs = 5 * 60_000;
const furthestAheadMs = 60_000;
/** Before this program was written, or after the last day of the vendor's root: no clock that shows it is right. */
const plausible = { fromMs: Date.UTC(2025, 0, 1), untilMs: Date.UTC(2049, 9, 28) } as const;

/** What the roots and dates of a document are held against. */
type ChainTrust = Pick<AttestationTrust, "rootDer" | "revokedCertificates">;

/** What an old document says, verified as of its time; it proves nothing about now and binds nothing. */
export interface HistoricAttestation {
  readonly moduleId: string;
  readonly timestampMs: number;
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  /** keccak256(PCR0 || PCR1 || PCR2). */
  readonly image: Hex;
  readonly publicKey: Uint8Array | null;
  readonly userData: Uint8Array | null;
  readonly nonce: Uint8Array | null;
}

/** Copies the input, so that nobody changes it while it is verified. */
function copyDocument(document: Uint8Array): Uint8Array {
  if (document.length > largestDocumentBytes) {
    throw new UntrustedError("ATTESTATION_TOO_LARGE", {
      expected: String(largestDocumentBytes),
      actual: String(document.length),
    });
  }
  return Uint8Array.from(document);
}

function copyExpectation<S>(expectation: AttestationExpectation<S>): AttestationExpectation<S> {
  const { role, nonce, publicKey } = expectation;
  if (nonce.length !== nonceBytes || publicKey.length === 0) {
    throw new UsageError("ATTESTATION_EXPECTATION_INVALID", { expected: "a nonce of 32 bytes and a key" });
  }
  return {
    role,
    nonce: Uint8Array.from(nonce),
    publicKey: Uint8Array.from(publicKey),
    readStatement: (userData) => expectation.readStatement(userData),
  };
}

function verifyClock(nowMs: number): void {
  if (!(plausible.fromMs <= nowMs && nowMs <= plausible.untilMs)) {
    throw new UntrustedError("ATTESTATION_CLOCK_IMPLAUSIBLE");
  }
}

function verifyFresh({ timestampMs }: NitroDocument, nowMs: number): void {
  const times = { expected: String(nowMs), actual: String(timestampMs) };
  if (!(nowMs - timestampMs <= oldestMs)) throw new UntrustedError("ATTESTATION_STALE", times);
  if (!(timestampMs - nowMs <= furthestAheadMs)) throw new UntrustedError("ATTESTATION_FROM_FUTURE", times);
}

function verifyNonce({ nonce }: NitroDocument, expected: Uint8Array): void {
  if (nonce === null || !equalBytes(nonce, expected)) {
    throw new UntrustedError("ATTESTATION_NONCE_MISMATCH", {
      expected: hexFromBytes(expected),
      actual: nonce === null ? "none" : hexFromBytes(nonce),
    });
  }
}

function verifyPublicKey({ publicKey }: NitroDocument, expected: Uint8Array): void {
  if (publicKey === null || !equalBytes(publicKey, expected)) {
    throw new UntrustedError("ATTESTATION_PUBLIC_KEY_MISMATCH", {
      expected: hexFromBytes(expected),
      actual: publicKey === null ? "none" : hexFromBytes(publicKey),
    });
  }
}

function readStatement<S>({ userData }: NitroDocument, expectation: AttestationExpectation<S>): S {
  if (userData === null) throw new UntrustedError("ATTESTATION_USER_DATA_MISSING");
  return expectation.readStatement(Uint8Array.from(userData));
}

function copyPcrs(pcrs: ReadonlyMap<number, Uint8Array>): ReadonlyMap<number, Uint8Array> {
  return new Map(Array.from(pcrs, ([index, pcr]) => [index, Uint8Array.from(pcr)]));
}

function copyOrNull(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Uint8Array.from(bytes);
}

/** The rules that hold for any genuine document, at `atMs`. */
async function verifyGenuine(bytes: Uint8Array, trust: ChainTrust, atMs: number): Promise<NitroDocument> {
  const message = parseCoseSign1(bytes);
  const document = parseNitroDocument(message.payload);
  verifyRoot(document, trust.rootDer);
  const chain = parseChain(document, trust.rootDer);
  verifyChainStructure(chain);
  await verifySignatures(chain, message);
  verifyNitroProfile(chain, document);
  verifyValidity(chain, atMs);
  verifyValidity(chain, document.timestampMs);
  verifyNotRevoked(chain, trust.revokedCertificates);
  return document;
}

// eslint-disable-next-line max-params -- what came, what was asked for, what is trusted and when, kept apart
async function verifyNitroAttestation<S>(
  input: Uint8Array,
  unsafeExpectation: AttestationExpectation<S>,
  trust: AttestationTrust,
  nowMs: number,
): Promise<VerifiedAttestation<S>> {
  const bytes = copyDocument(input);
  const expectation = copyExpectation(unsafeExpectation);
  verifyClock(nowMs);
  const document = await verifyGenuine(bytes, trust, nowMs);
  verifyFresh(document, nowMs);
  const measurement = readMeasurement(document.pcrs);
  const release = verifyRelease(measurement, trust.allowlist, { role: expectation.role, nowMs });
  verifyNonce(document, expectation.nonce);
  verifyPublicKey(document, expectation.publicKey);
  const statement = readStatement(document, expectation);
  return createVerdict({
    kind,
    moduleId: document.moduleId,
    timestampMs: document.timestampMs,
    pcrs: copyPcrs(document.pcrs),
    image: hashImage(measurement),
    role: expectation.role,
    release,
    statement,
    document: bytes,
  });
}

/** Enclaves of AWS Nitro, and whatever signs documents of that form under another compiled-in root. */
export const nitroAttestation: AttestationKind = { name: kind, verify: verifyNitroAttestation };

/**
 * Verifies an old document as of `atMs`, for auditors: everything but freshness, allowlist and binding. What it
 * returns is no verdict, so nothing can be opened with it.
 * @throws UntrustedError as {@link AttestationKind.verify}
 */
export async function verifyNitroAttestationAsOf(
  input: Uint8Array,
  trust: ChainTrust,
  atMs: number,
): Promise<HistoricAttestation> {
  const document = await verifyGenuine(copyDocument(input), trust, atMs);
  return {
    moduleId: document.moduleId,
    timestampMs: document.timestampMs,
    pcrs: copyPcrs(document.pcrs),
    image: hashImage(readMeasurement(document.pcrs)),
    publicKey: copyOrNull(document.publicKey),
    userData: copyOrNull(document.userData),
    nonce: copyOrNull(document.nonce),
  };
}

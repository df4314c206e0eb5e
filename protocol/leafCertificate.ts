import type { Address } from "./bytes.ts";
import { bytesFromHex, equalBytes, hexFromBytes, textFromUtf8, toHex } from "./bytes.ts";
import type { ErrorCode } from "./codes/index.ts";
import { derTag, parseDer, readAll, readElement, readInside, readOid } from "./der.ts";
import { verifySignature } from "./ecdsa.ts";
import { UntrustedError } from "./errors.ts";
import type { Role } from "./userData.ts";
import { keyUsageBit, oid, parseCertificate, verifyCriticalExtensions, type Certificate } from "./x509.ts";

/** How long certificates of the inner TLS may live, from notBefore to notAfter, and how far they are backdated. */
export const certificateLifetimes = {
  leafMs: 24 * 60 * 60_000,
  caMs: 90 * 24 * 60 * 60_000,
  backdateMs: 5 * 60_000,
} as const;

/** Who a leaf certificate is about. */
export interface LeafIdentity {
  /** DER SubjectPublicKeyInfo, ECDSA P-256. */
  readonly spki: Uint8Array;
  /** The enclave's signer as its name says; to be compared with the attested one. */
  readonly signer: Address;
}

const knownCritical = [oid.basicConstraints, oid.keyUsage, oid.extendedKeyUsage, oid.subjectAltName];
const dnsNameTag = 0x82;

/** The one name of a leaf: its signer in 40 lower-case hex digits, and its role. */
export function leafName(signer: Address, role: Role): string {
  return `${signer.slice(2).toLowerCase()}.${role}.opencontracts.internal`;
}

/** Parses a leaf certificate; syntax only. @throws UntrustedError DER_*, ECDSA_*, X509_* */
export function parseLeafCertificate(der: Uint8Array): Certificate {
  return parseCertificate(der);
}

function extensionValue(certificate: Certificate, id: string, failure: ErrorCode): Uint8Array {
  const extension = certificate.extensions.get(id);
  if (extension === undefined) throw new UntrustedError(failure, { actual: "absent" });
  return extension.value;
}

function verifyValidity(certificate: Certificate, nowMs: number): void {
  if (!(certificate.notBeforeMs <= nowMs)) throw new UntrustedError("CERTIFICATE_NOT_YET_VALID");
  if (!(nowMs <= certificate.notAfterMs)) throw new UntrustedError("CERTIFICATE_EXPIRED");
}

function verifyLifetime(certificate: Certificate, longestMs: number): void {
  const lifetimeMs = certificate.notAfterMs - certificate.notBeforeMs;
  if (lifetimeMs > longestMs) {
    throw new UntrustedError("CERTIFICATE_LIFETIME_TOO_LONG", {
      expected: String(longestMs),
      actual: String(lifetimeMs),
    });
  }
}

function verifyLeafUsage(leaf: Certificate): void {
  if (leaf.key.curve !== "P-256") throw new UntrustedError("LEAF_KEY_REFUSED", { actual: leaf.key.curve });
  if (leaf.basicConstraints?.isCa !== false) throw new UntrustedError("LEAF_CONSTRAINTS_REFUSED");
  if (leaf.keyUsage !== keyUsageBit.digitalSignature) throw new UntrustedError("LEAF_KEY_USAGE_REFUSED");
  const value = extensionValue(leaf, oid.extendedKeyUsage, "LEAF_PURPOSE_REFUSED");
  const purposes = parseDer(value, (reader) =>
    readInside(reader, derTag.sequence, (inner) => readAll(inner, readOid)),
  );
  if (purposes.length !== 1 || purposes[0] !== oid.serverAuth)
    throw new UntrustedError("LEAF_PURPOSE_REFUSED");
}

/** The subjectAltName must hold one dNSName and nothing else. */
function readSigner(leaf: Certificate, role: Role): Address {
  const value = extensionValue(leaf, oid.subjectAltName, "LEAF_NAME_REFUSED");
  const name = parseDer(value, (reader) =>
    readInside(reader, derTag.sequence, (inner) => readElement(inner, dnsNameTag).content),
  );
  const text = textFromUtf8(name) ?? "";
  const signer = bytesFromHex(text.slice(0, 40));
  if (signer?.length !== 20 || leafName(toHex(signer), role) !== text) {
    throw new UntrustedError("LEAF_NAME_REFUSED", {
      expected: `<signer>.${role}.opencontracts.internal`,
      actual: hexFromBytes(name),
    });
  }
  return toHex(signer);
}

/**
 * Holds the profile of a leaf: P-256, not a CA, digitalSignature, serverAuth, valid at `nowMs` and for at most
 * 24 hours, one name made of a signer and `role`, nothing unknown that is critical.
 * @throws UntrustedError X509_EXTENSION_UNKNOWN, LEAF_KEY_REFUSED, LEAF_CONSTRAINTS_REFUSED,
 * LEAF_KEY_USAGE_REFUSED, LEAF_PURPOSE_REFUSED, LEAF_NAME_REFUSED, CERTIFICATE_NOT_YET_VALID,
 * CERTIFICATE_EXPIRED, CERTIFICATE_LIFETIME_TOO_LONG, DER_*
 */
export function verifyLeafProfile(
  leaf: Certificate,
  { role, nowMs }: { readonly role: Role; readonly nowMs: number },
): LeafIdentity {
  verifyCriticalExtensions(leaf, knownCritical);
  verifyLeafUsage(leaf);
  verifyLifetime(leaf, certificateLifetimes.leafMs);
  verifyValidity(leaf, nowMs);
  return { spki: leaf.spki, signer: readSigner(leaf, role) };
}

function verifyCaUsage(ca: Certificate): void {
  if (ca.key.curve !== "P-384") throw new UntrustedError("CA_KEY_REFUSED", { actual: ca.key.curve });
  const constraints = ca.basicConstraints;
  if (!constraints?.isCritical || !constraints.isCa || constraints.pathLength !== 0) {
    throw new UntrustedError("CA_CONSTRAINTS_REFUSED");
  }
  if ((ca.keyUsage & keyUsageBit.keyCertSign) === 0) throw new UntrustedError("CA_KEY_USAGE_REFUSED");
}

/**
 * Parses the certificate of a registry's CA and holds its profile: P-384, path length 0, keyCertSign, signed by
 * itself, valid at `nowMs` and for at most 90 days. That it is the CA of an attested registry is said by that
 * registry's session statement alone.
 * @throws UntrustedError X509_*, DER_*, ECDSA_*, CA_KEY_REFUSED, CA_CONSTRAINTS_REFUSED, CA_KEY_USAGE_REFUSED,
 * CA_SIGNATURE_INVALID, CERTIFICATE_NOT_YET_VALID, CERTIFICATE_EXPIRED, CERTIFICATE_LIFETIME_TOO_LONG
 */
export async function verifyCaProfile(caDer: Uint8Array, nowMs: number): Promise<Certificate> {
  const ca = parseCertificate(caDer);
  verifyCriticalExtensions(ca, knownCritical);
  verifyCaUsage(ca);
  verifyLifetime(ca, certificateLifetimes.caMs);
  verifyValidity(ca, nowMs);
  if (!equalBytes(ca.issuer, ca.subject)) throw new UntrustedError("CA_SIGNATURE_INVALID");
  await verifySignature(ca.key, ca.signature, ca.signedBytes, "CA_SIGNATURE_INVALID");
  return ca;
}

/**
 * Verifies that the CA of `caDer` has issued `leaf`.
 * @throws UntrustedError LEAF_ISSUER_MISMATCH, LEAF_SIGNATURE_INVALID, and parsing codes of the CA
 */
export async function verifyLeafIssuedBy(leaf: Certificate, caDer: Uint8Array): Promise<void> {
  const ca = parseCertificate(caDer);
  if (!equalBytes(leaf.issuer, ca.subject)) throw new UntrustedError("LEAF_ISSUER_MISMATCH");
  if (ca.key.curve !== "P-384") throw new UntrustedError("CA_KEY_REFUSED", { actual: ca.key.curve });
  await verifySignature(ca.key, leaf.signature, leaf.signedBytes, "LEAF_SIGNATURE_INVALID");
}

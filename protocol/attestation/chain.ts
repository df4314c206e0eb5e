import { equalBytes, hexFromBytes } from "../bytes.ts";
import type { CoseSign1 } from "../cose.ts";
import { verifySignature } from "../ecdsa.ts";
import { UntrustedError } from "../errors.ts";
import type { RevokedCertificate } from "../trust/revocation.ts";
import { keyUsageBit, oid, parseCertificate, verifyCriticalExtensions, type Certificate } from "../x509.ts";
import type { NitroDocument } from "./document.ts";

/** The five certificates of a Nitro document, from the compiled-in root down. */
export interface NitroChain {
  readonly root: Certificate;
  /** Region, zone and instance, each the issuer of the next. */
  readonly intermediates: readonly [Certificate, Certificate, Certificate];
  /** The certificate whose key signed the document. */
  readonly leaf: Certificate;
}

const knownCritical = [oid.basicConstraints, oid.keyUsage];

/** All five in chain order. */
export function listCertificates({ root, intermediates, leaf }: NitroChain): readonly Certificate[] {
  return [root, ...intermediates, leaf];
}

/** The document must bring the compiled-in root, byte for byte. @throws UntrustedError ATTESTATION_ROOT_UNKNOWN */
export function verifyRoot(document: NitroDocument, rootDer: Uint8Array): void {
  const [root] = document.cabundle;
  if (root === undefined || !equalBytes(root, rootDer)) throw new UntrustedError("ATTESTATION_ROOT_UNKNOWN");
}

/**
 * Parses the chain in the order given; paths are not searched. The root is the compiled-in one, not the
 * document's.
 * @throws UntrustedError ATTESTATION_CHAIN_LENGTH_REFUSED, DER_*, X509_*, ECDSA_*
 */
export function parseChain(document: NitroDocument, rootDer: Uint8Array): NitroChain {
  const [, region, zone, instance, ...more] = document.cabundle;
  if (region === undefined || zone === undefined || instance === undefined || more.length > 0) {
    throw new UntrustedError("ATTESTATION_CHAIN_LENGTH_REFUSED", {
      expected: "4",
      actual: String(document.cabundle.length),
    });
  }
  return {
    root: parseCertificate(rootDer),
    intermediates: [parseCertificate(region), parseCertificate(zone), parseCertificate(instance)],
    leaf: parseCertificate(document.certificate),
  };
}

/** RFC 5280 section 6.1.3 (a) 4. @throws UntrustedError ATTESTATION_ISSUER_MISMATCH */
function verifyIssuers(certificates: readonly Certificate[]): void {
  certificates.forEach((certificate, index) => {
    const issuer = certificates[Math.max(0, index - 1)] ?? certificate;
    if (!equalBytes(certificate.issuer, issuer.subject)) {
      throw new UntrustedError("ATTESTATION_ISSUER_MISMATCH", { actual: `certificate ${index}` });
    }
  });
}

/** RFC 5280 section 6.1.4 (k), (m), (n): `below` CA certificates follow this one. */
function verifyAuthority(certificate: Certificate, below: number): void {
  const { basicConstraints, keyUsage } = certificate;
  if (!basicConstraints?.isCritical || !basicConstraints.isCa) {
    throw new UntrustedError("ATTESTATION_CA_CONSTRAINTS_REFUSED");
  }
  if ((keyUsage & keyUsageBit.keyCertSign) === 0)
    throw new UntrustedError("ATTESTATION_CA_KEY_USAGE_REFUSED");
  const { pathLength } = basicConstraints;
  if (pathLength !== undefined && pathLength < below) {
    throw new UntrustedError("ATTESTATION_PATH_LENGTH_EXCEEDED", {
      expected: String(pathLength),
      actual: String(below),
    });
  }
}

function verifyLeafUsage(leaf: Certificate): void {
  if (leaf.basicConstraints?.isCa !== false) throw new UntrustedError("ATTESTATION_LEAF_CONSTRAINTS_REFUSED");
  const wanted = keyUsageBit.digitalSignature;
  if ((leaf.keyUsage & (wanted | keyUsageBit.keyCertSign)) !== wanted) {
    throw new UntrustedError("ATTESTATION_LEAF_KEY_USAGE_REFUSED");
  }
}

/**
 * Holds what each certificate of the chain may be and do: P-384, no unknown critical extension, issuer's name,
 * CA or not, path length.
 * @throws UntrustedError X509_EXTENSION_UNKNOWN, ATTESTATION_KEY_REFUSED, ATTESTATION_ISSUER_MISMATCH,
 * ATTESTATION_CA_CONSTRAINTS_REFUSED, ATTESTATION_CA_KEY_USAGE_REFUSED, ATTESTATION_PATH_LENGTH_EXCEEDED,
 * ATTESTATION_LEAF_CONSTRAINTS_REFUSED, ATTESTATION_LEAF_KEY_USAGE_REFUSED
 */
export function verifyChainStructure(chain: NitroChain): void {
  const certificates = listCertificates(chain);
  for (const certificate of certificates) {
    verifyCriticalExtensions(certificate, knownCritical);
    if (certificate.key.curve !== "P-384") throw new UntrustedError("ATTESTATION_KEY_REFUSED");
  }
  verifyIssuers(certificates);
  [chain.root, ...chain.intermediates].forEach((authority, index) => verifyAuthority(authority, 3 - index));
  verifyLeafUsage(chain.leaf);
}

/**
 * Verifies the five signatures at once, waits for all, and throws the first failure in chain order: region,
 * zone, instance, leaf, document. The root's own is not among them: the root is known by its bytes.
 * @throws UntrustedError ATTESTATION_CERTIFICATE_SIGNATURE_INVALID, ATTESTATION_SIGNATURE_INVALID, X509_KEY_REFUSED
 */
export async function verifySignatures(chain: NitroChain, message: CoseSign1): Promise<void> {
  const certificates = listCertificates(chain);
  const links = certificates.slice(1).map(({ signature, signedBytes }, index) => {
    const { key } = certificates[index] ?? chain.root;
    return verifySignature(key, signature, signedBytes, "ATTESTATION_CERTIFICATE_SIGNATURE_INVALID");
  });
  const { signature, signedBytes } = message;
  const last = verifySignature(chain.leaf.key, signature, signedBytes, "ATTESTATION_SIGNATURE_INVALID");
  for (const outcome of await Promise.allSettled([...links, last])) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

/** Every certificate must be valid at `atMs`. @throws UntrustedError CERTIFICATE_NOT_YET_VALID, CERTIFICATE_EXPIRED */
export function verifyValidity(chain: NitroChain, atMs: number): void {
  for (const { notBeforeMs, notAfterMs } of listCertificates(chain)) {
    if (!(notBeforeMs <= atMs)) throw new UntrustedError("CERTIFICATE_NOT_YET_VALID");
    if (!(atMs <= notAfterMs)) throw new UntrustedError("CERTIFICATE_EXPIRED");
  }
}

function withoutLeadingZeros(hex: string): string {
  return hex.toLowerCase().replace(/^0+/, "");
}

/**
 * No certificate may be among the revoked ones, by issuer and serial number: a signature can be changed into its
 * twin without the key, so the bytes of a certificate name nothing.
 * @throws UntrustedError ATTESTATION_CERTIFICATE_REVOKED
 */
export function verifyNotRevoked(chain: NitroChain, revoked: readonly RevokedCertificate[]): void {
  for (const certificate of listCertificates(chain)) {
    const issuer = hexFromBytes(certificate.issuer);
    const serial = withoutLeadingZeros(hexFromBytes(certificate.serial));
    const isRevoked = revoked.some(
      (entry) => entry.issuer.toLowerCase() === issuer && withoutLeadingZeros(entry.serial) === serial,
    );
    if (isRevoked) throw new UntrustedError("ATTESTATION_CERTIFICATE_REVOKED", { actual: serial });
  }
}

import { createHash } from "node:crypto";
import {
  booleanTrue,
  encodeDer,
  encodedValue,
  objectIdentifier,
  octetString,
  oids,
  sequence,
  setOf,
  tagged,
  time,
  unsignedInteger,
  utf8String,
  type Asn1,
} from "./asn1.ts";
import { encodeSigned, signatureAlgorithm, type StructureSigner } from "./signedDer.ts";

const versionThree = Uint8Array.of(2);

/** What a certificate says, before it is signed. */
export interface CertificateContent {
  /** Magnitude of the serial number. */
  readonly serial: Uint8Array;
  readonly issuer: Asn1;
  readonly subject: Asn1;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly extensions: readonly Asn1[];
}

/** The TBSCertificate of an X.509 v3 certificate (RFC 5280 section 4.1), for a signature of this algorithm. */
export function createSignedPart(
  { serial, issuer, subject, notBeforeMs, notAfterMs, spki, extensions }: CertificateContent,
  signer: Pick<StructureSigner, "hash">,
): Asn1 {
  return sequence(
    tagged(0, unsignedInteger(versionThree)),
    unsignedInteger(serial),
    signatureAlgorithm(signer),
    issuer,
    sequence(time(notBeforeMs), time(notAfterMs)),
    subject,
    encodedValue(spki),
    tagged(3, sequence(...extensions)),
  );
}

/** A signed certificate. DER. */
export function encodeCertificate(content: CertificateContent, signer: StructureSigner): Promise<Uint8Array> {
  return encodeSigned(createSignedPart(content, signer), signer);
}

/** One extension; not critical is the default, which DER leaves out. */
export function extension(oid: string, value: Asn1, critical?: "critical"): Asn1 {
  const flag = critical === undefined ? [] : [booleanTrue()];
  return sequence(objectIdentifier(oid), ...flag, octetString(encodeDer(value)));
}

/** A Name of nothing but a common name. */
export function commonName(text: string): Asn1 {
  return sequence(setOf(sequence(objectIdentifier(oids.commonName), utf8String(text))));
}

/** RFC 7093 section 2, method 4: the first 160 bits of the SHA-256 of the SPKI. A name, no security. */
export function keyIdentifier(spki: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(spki).digest().subarray(0, 20));
}

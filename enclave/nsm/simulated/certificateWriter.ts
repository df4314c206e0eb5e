import forge from "node-forge";
import { signEs384, type SigningKey } from "./signing.ts";

const { asn1 } = forge;
type Asn1 = forge.asn1.Asn1;

/** One certificate of the Nitro profile, before it is signed. */
export interface CertificateFields {
  /** Magnitude of the serial number. */
  readonly serial: Uint8Array;
  /** Common names. */
  readonly issuer: string;
  readonly subject: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly authority: "leaf" | "root" | { readonly pathLength: number };
}

const ecdsaWithSha384 = "1.2.840.10045.4.3.3";
const organization = "Open Contracts simulation";
/** Named bits as DER writes them: digitalSignature + nonRepudiation; digitalSignature + keyCertSign + cRLSign. */
const leafKeyUsage = "\x06\xc0";
const caKeyUsage = "\x01\x86";

/** [0] and [3] of a TBSCertificate; the library types a context tag as the universal one of its number. */
const contextTag = { version: asn1.Type.NONE, extensions: asn1.Type.BITSTRING };

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** DER of an ASN.1 tree. */
export function encodeDer(tree: Asn1): Uint8Array {
  return Uint8Array.from(Buffer.from(asn1.toDer(tree).getBytes(), "latin1"));
}

/** An ASN.1 tree of DER. */
export function decodeDer(der: Uint8Array): Asn1 {
  return asn1.fromDer(binary(der));
}

function sequence(...items: Asn1[]): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, items);
}

function primitive(type: forge.asn1.Type, value: string): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, value);
}

function objectIdentifier(dotted: string): Asn1 {
  return primitive(asn1.Type.OID, asn1.oidToDer(dotted).getBytes());
}

/** A non-negative INTEGER; a leading zero octet where the highest bit is set. */
function integer(magnitude: Uint8Array): Asn1 {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const shortest = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first);
  const sign = (shortest[0] ?? 0) >= 0x80 ? "\0" : "";
  return primitive(asn1.Type.INTEGER, sign + binary(shortest));
}

function explicit(tag: forge.asn1.Type, item: Asn1): Asn1 {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, true, [item]);
}

function attribute(dotted: string, type: forge.asn1.Type, text: string): Asn1 {
  const pair = sequence(objectIdentifier(dotted), primitive(type, text));
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, [pair]);
}

/** A Name in the order of real certificates, marked as simulated by its organization. */
function name(commonName: string): Asn1 {
  return sequence(
    attribute("2.5.4.6", asn1.Type.PRINTABLESTRING, "US"),
    attribute("2.5.4.10", asn1.Type.UTF8, organization),
    attribute("2.5.4.11", asn1.Type.UTF8, "simulated"),
    attribute("2.5.4.3", asn1.Type.UTF8, commonName),
  );
}

/** UTCTime through 2049 (RFC 5280 section 4.1.2.5.1). */
function time(timeMs: number): Asn1 {
  return primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(new Date(timeMs)));
}

function extension(dotted: string, isCritical: boolean, value: Asn1): Asn1 {
  const content = primitive(asn1.Type.OCTETSTRING, binary(encodeDer(value)));
  const critical = isCritical ? [primitive(asn1.Type.BOOLEAN, "\xff")] : [];
  return sequence(objectIdentifier(dotted), ...critical, content);
}

function extensions(authority: CertificateFields["authority"]): Asn1 {
  const isLeaf = authority === "leaf";
  const pathLength = typeof authority === "object" ? [integer(Uint8Array.of(authority.pathLength))] : [];
  const constraints = isLeaf ? [] : [primitive(asn1.Type.BOOLEAN, "\xff"), ...pathLength];
  const keyUsage = primitive(asn1.Type.BITSTRING, isLeaf ? leafKeyUsage : caKeyUsage);
  return sequence(
    extension("2.5.29.19", true, sequence(...constraints)),
    extension("2.5.29.15", !isLeaf, keyUsage),
  );
}

function signatureAlgorithm(): Asn1 {
  return sequence(objectIdentifier(ecdsaWithSha384));
}

/** The TBSCertificate of `fields` (RFC 5280 section 4.1). */
export function createSignedPart(fields: CertificateFields): Asn1 {
  return sequence(
    explicit(contextTag.version, integer(Uint8Array.of(2))),
    integer(fields.serial),
    signatureAlgorithm(),
    name(fields.issuer),
    sequence(time(fields.notBeforeMs), time(fields.notAfterMs)),
    name(fields.subject),
    decodeDer(fields.spki),
    explicit(contextTag.extensions, extensions(fields.authority)),
  );
}

/** Signs a TBSCertificate by ecdsa-with-SHA384; returns the certificate's DER. */
export async function signCertificate(signedPart: Asn1, issuerKey: SigningKey): Promise<Uint8Array> {
  const signature = await signEs384(issuerKey, encodeDer(signedPart));
  const pair = sequence(integer(signature.subarray(0, 48)), integer(signature.subarray(48)));
  const bits = primitive(asn1.Type.BITSTRING, "\0" + binary(encodeDer(pair)));
  return encodeDer(sequence(signedPart, signatureAlgorithm(), bits));
}

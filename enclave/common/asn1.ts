import forge from "node-forge";

/** An ASN.1 value to be written. */
export type Asn1 = forge.asn1.Asn1;

const { asn1 } = forge;
const universal = asn1.Class.UNIVERSAL;
const contextSpecific = asn1.Class.CONTEXT_SPECIFIC;

/** Object identifiers of what we write, dotted. */
export const oids = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  ecdsaWithSha384: "1.2.840.10045.4.3.3",
  commonName: "2.5.4.3",
  countryName: "2.5.4.6",
  organizationName: "2.5.4.10",
  organizationalUnitName: "2.5.4.11",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** A universal primitive with `content`. */
function primitive(type: forge.asn1.Type, content: string): Asn1 {
  return asn1.create(universal, type, false, content);
}

/** SEQUENCE of `items`. */
export function sequence(...items: readonly Asn1[]): Asn1 {
  return asn1.create(universal, asn1.Type.SEQUENCE, true, [...items]);
}

/** SET of one item; more would need sorting. */
export function setOf(item: Asn1): Asn1 {
  return asn1.create(universal, asn1.Type.SET, true, [item]);
}

/** Constructed `[tag]` around `items`. */
export function tagged(tag: number, ...items: readonly Asn1[]): Asn1 {
  return asn1.create(contextSpecific, tag, true, [...items]);
}

/** Primitive `[tag]` with `content`. */
export function taggedOctets(tag: number, content: Uint8Array): Asn1 {
  return asn1.create(contextSpecific, tag, false, binary(content));
}

/** OBJECT IDENTIFIER, from its dotted form. */
export function objectIdentifier(dotted: string): Asn1 {
  return primitive(asn1.Type.OID, asn1.oidToDer(dotted).getBytes());
}

/** INTEGER of a magnitude: leading zeros dropped, one put back where the first bit is set. */
export function unsignedInteger(magnitude: Uint8Array): Asn1 {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first);
  const lead = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return primitive(asn1.Type.INTEGER, binary(Uint8Array.from([...lead, ...digits])));
}

/** BOOLEAN TRUE; FALSE is a default wherever we write one, and defaults are not encoded. */
export function booleanTrue(): Asn1 {
  return primitive(asn1.Type.BOOLEAN, "\xff");
}

/** OCTET STRING. */
export function octetString(content: Uint8Array): Asn1 {
  return primitive(asn1.Type.OCTETSTRING, binary(content));
}

/** BIT STRING with `unusedBits` at its end. */
export function bitString(content: Uint8Array, unusedBits = 0): Asn1 {
  return primitive(asn1.Type.BITSTRING, binary(Uint8Array.from([unusedBits, ...content])));
}

/** PrintableString; `text` keeps to its alphabet. */
export function printableString(text: string): Asn1 {
  return primitive(asn1.Type.PRINTABLESTRING, text);
}

/** UTF8String. */
export function utf8String(text: string): Asn1 {
  return primitive(asn1.Type.UTF8, Buffer.from(text, "utf8").toString("latin1"));
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 section 4.1.2.5); whole seconds. */
export function time(ms: number): Asn1 {
  const date = new Date(ms);
  return date.getUTCFullYear() < 2050
    ? primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));
}

/** A value that we hold as DER already, such as our own SPKI. */
export function encodedValue(der: Uint8Array): Asn1 {
  return asn1.fromDer(binary(der));
}

/** DER of `value`. */
export function encodeDer(value: Asn1): Uint8Array {
  return new Uint8Array(Buffer.from(asn1.toDer(value).getBytes(), "latin1"));
}

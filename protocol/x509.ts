import { equalBytes, hexFromBytes } from "./bytes.ts";
import {
  derTag,
  isAtEnd,
  isNextTag,
  parseDer,
  readAll,
  readDefaultFalse,
  readElement,
  readInside,
  readNamedBits,
  readOid,
  readUnsignedInteger,
  readWholeOctets,
  type DerReader,
} from "./der.ts";
import { readTime } from "./derTime.ts";
import { parseDerSignature, scalarBytes, type EcdsaKey } from "./ecdsa.ts";
import { UntrustedError } from "./errors.ts";

/** Object identifiers as content octets in hex. */
export const oid = {
  ecPublicKey: "2a8648ce3d0201",
  p256: "2a8648ce3d030107",
  p384: "2b81040022",
  commonName: "550403",
  keyUsage: "551d0f",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  extendedKeyUsage: "551d25",
  serverAuth: "2b06010505070301",
} as const;

/** Bits of keyUsage as {@link Certificate.keyUsage} holds them (RFC 5280 section 4.2.1.3). */
export const keyUsageBit = { digitalSignature: 0x8000, keyCertSign: 0x0400 } as const;

/** One extension of a certificate; `value` is the DER inside its OCTET STRING. */
export interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** basicConstraints (RFC 5280 section 4.2.1.9). */
export interface BasicConstraints {
  readonly isCritical: boolean;
  readonly isCa: boolean;
  /** CA certificates that may follow below; absent: any number. */
  readonly pathLength: number | undefined;
}

/**
 * A version 3 certificate, signed by ecdsa-with-SHA384 on P-384, as read: syntax only, nothing of it is trusted.
 * Byte arrays are views into `der`.
 */
export interface Certificate {
  readonly der: Uint8Array;
  /** The TBSCertificate that the issuer has signed. */
  readonly signedBytes: Uint8Array;
  /** Magnitude of the serial number, 1..20 bytes. */
  readonly serial: Uint8Array;
  /** DER of the Name. */
  readonly issuer: Uint8Array;
  /** DER of the Name. */
  readonly subject: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly key: EcdsaKey;
  readonly basicConstraints: BasicConstraints | undefined;
  /** The bits of keyUsage, see {@link keyUsageBit}; 0 where the extension is absent. */
  readonly keyUsage: number;
  /** All extensions by the hex of their object identifier. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** The issuer's signature, r || s, 96 bytes. */
  readonly signature: Uint8Array;
}

const curves = new Map<string, EcdsaKey["curve"]>([
  [oid.p256, "P-256"],
  [oid.p384, "P-384"],
]);
/** DER of the AlgorithmIdentifier, without parameters (RFC 5758 section 3.2). */
const ecdsaWithSha384 = "300a06082a8648ce3d040303";
const versionThree = 2;

function readVersion(reader: DerReader): void {
  if (!isNextTag(reader, 0xa0)) throw new UntrustedError("X509_VERSION_REFUSED");
  const version = readInside(reader, 0xa0, readUnsignedInteger);
  if (version.length !== 1 || version[0] !== versionThree) throw new UntrustedError("X509_VERSION_REFUSED");
}

function readSerial(reader: DerReader): Uint8Array {
  const serial = readUnsignedInteger(reader);
  // RFC 5280 section 4.1.2.2: positive, at most 20 octets; of the magnitude, as instance certificates show.
  if (serial[0] === 0 || serial.length > 20) throw new UntrustedError("X509_SERIAL_REFUSED");
  return serial;
}

function readSignatureAlgorithm(reader: DerReader): Uint8Array {
  const { encoded } = readElement(reader, derTag.sequence);
  const actual = hexFromBytes(encoded);
  if (actual !== ecdsaWithSha384) {
    throw new UntrustedError("X509_ALGORITHM_REFUSED", { expected: ecdsaWithSha384, actual });
  }
  return encoded;
}

function readValidity(reader: DerReader): { readonly notBeforeMs: number; readonly notAfterMs: number } {
  return readInside(reader, derTag.sequence, (inner) => {
    const notBeforeMs = readTime(inner);
    const notAfterMs = readTime(inner);
    if (notAfterMs < notBeforeMs) throw new UntrustedError("X509_VALIDITY_REFUSED");
    return { notBeforeMs, notAfterMs };
  });
}

/** RFC 5480 section 2: a named curve and an uncompressed point. */
function readKey(reader: DerReader): EcdsaKey {
  const curve = readInside(reader, derTag.sequence, (inner) => {
    const algorithm = readOid(inner);
    const named = readOid(inner);
    return algorithm === oid.ecPublicKey ? curves.get(named) : undefined;
  });
  const point = readWholeOctets(reader);
  if (curve === undefined || point[0] !== 4 || point.length !== 1 + 2 * scalarBytes(curve)) {
    throw new UntrustedError("X509_KEY_REFUSED");
  }
  return { curve, point };
}

function readExtensions(reader: DerReader): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  const readExtension = (inner: DerReader): void => {
    const id = readOid(inner);
    if (extensions.has(id)) throw new UntrustedError("X509_EXTENSION_DUPLICATE", { actual: id });
    const isCritical = readDefaultFalse(inner);
    extensions.set(id, { isCritical, value: readElement(inner, derTag.octetString).content });
  };
  readInside(reader, 0xa3, (wrapper) =>
    readInside(wrapper, derTag.sequence, (list) =>
      readAll(list, (item) => readInside(item, derTag.sequence, readExtension)),
    ),
  );
  return extensions;
}

function readPathLength(reader: DerReader): number | undefined {
  if (isAtEnd(reader)) return undefined;
  const [length, ...more] = readUnsignedInteger(reader);
  if (more.length > 0) throw new UntrustedError("X509_CONSTRAINTS_REFUSED", { actual: "path length" });
  return length;
}

function parseBasicConstraints(extension: Extension | undefined): BasicConstraints | undefined {
  if (extension === undefined) return undefined;
  const { isCritical, value } = extension;
  return parseDer(value, (reader) =>
    readInside(reader, derTag.sequence, (inner) => {
      const isCa = readDefaultFalse(inner);
      const pathLength = readPathLength(inner);
      // RFC 5280 section 4.2.1.9: a path length has a meaning for a CA only.
      if (!isCa && pathLength !== undefined) throw new UntrustedError("X509_CONSTRAINTS_REFUSED");
      return { isCritical, isCa, pathLength };
    }),
  );
}

function readSignedPart(reader: DerReader) {
  readVersion(reader);
  const serial = readSerial(reader);
  const algorithm = readSignatureAlgorithm(reader);
  const issuer = readElement(reader, derTag.sequence).encoded;
  const validity = readValidity(reader);
  const subject = readElement(reader, derTag.sequence).encoded;
  const spki = readElement(reader, derTag.sequence);
  const key = parseDer(spki.content, readKey);
  const extensions = readExtensions(reader);
  return { serial, algorithm, issuer, ...validity, subject, spki: spki.encoded, key, extensions };
}

/**
 * Parses one certificate (RFC 5280 section 4.1), strictly DER.
 * @throws UntrustedError DER_*, ECDSA_*, X509_VERSION_REFUSED, X509_SERIAL_REFUSED, X509_ALGORITHM_REFUSED,
 * X509_ALGORITHM_MISMATCH, X509_VALIDITY_REFUSED, X509_KEY_REFUSED, X509_EXTENSION_DUPLICATE,
 * X509_CONSTRAINTS_REFUSED
 */
export function parseCertificate(der: Uint8Array): Certificate {
  return parseDer(der, (outer) =>
    readInside(outer, derTag.sequence, (reader) => {
      const signed = readElement(reader, derTag.sequence);
      const { algorithm, ...fields } = parseDer(signed.content, readSignedPart);
      if (!equalBytes(readElement(reader, derTag.sequence).encoded, algorithm)) {
        throw new UntrustedError("X509_ALGORITHM_MISMATCH");
      }
      const keyUsage = fields.extensions.get(oid.keyUsage);
      return {
        der,
        signedBytes: signed.encoded,
        ...fields,
        basicConstraints: parseBasicConstraints(fields.extensions.get(oid.basicConstraints)),
        keyUsage: keyUsage === undefined ? 0 : parseDer(keyUsage.value, readNamedBits),
        signature: parseDerSignature(readWholeOctets(reader), "P-384"),
      };
    }),
  );
}

/** RFC 5280 section 4.2: what is critical and not understood refuses the certificate. */
export function verifyCriticalExtensions(certificate: Certificate, known: readonly string[]): void {
  for (const [id, { isCritical }] of certificate.extensions) {
    if (isCritical && !known.includes(id)) throw new UntrustedError("X509_EXTENSION_UNKNOWN", { actual: id });
  }
}

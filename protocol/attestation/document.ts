import { decodeCbor, type CborMap, type CborValue } from "../cbor.ts";
import type { ErrorCode } from "../codes/index.ts";
import { UntrustedError } from "../errors.ts";

/** The payload of a Nitro attestation document, as read: syntax only. Byte arrays are views into the payload. */
export interface NitroDocument {
  readonly moduleId: string;
  /** When the hypervisor made it, milliseconds since 1970. */
  readonly timestampMs: number;
  /** Registers by index 0..31, 48 bytes each. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  /** DER of the certificate whose key signed the document. */
  readonly certificate: Uint8Array;
  /** DER of the certificates above it, root first. */
  readonly cabundle: readonly Uint8Array[];
  readonly publicKey: Uint8Array | null;
  readonly userData: Uint8Array | null;
  readonly nonce: Uint8Array | null;
}

interface ByteLimit {
  readonly min: number;
  readonly max: number;
}

/** Lengths of the fields in bytes: "Attestation document" in the Nitro Enclaves user guide. */
const limits = {
  certificate: { min: 1, max: 1024 },
  publicKey: { min: 1, max: 1024 },
  userData: { min: 0, max: 512 },
  nonce: { min: 0, max: 512 },
} as const satisfies Record<string, ByteLimit>;
const pcrBytes = 48;
const largestPcrIndex = 31;
const moduleIdPattern = /^i-[0-9a-f]{17}-enc[0-9a-f]{16,17}$/;
/** 2001-09-09: what is below counts seconds. */
const smallestTimestampMs = 1e12;
const fieldNames = [
  "module_id",
  "digest",
  "timestamp",
  "pcrs",
  "certificate",
  "cabundle",
  "public_key",
  "user_data",
  "nonce",
] as const;
type Fields = Readonly<Record<(typeof fieldNames)[number], CborValue>>;

function refuse(code: ErrorCode, actual: CborValue): never {
  const isScalar = typeof actual === "string" || typeof actual === "number";
  throw new UntrustedError(code, isScalar ? { actual: String(actual) } : {});
}

function readField(map: CborMap, name: string): CborValue {
  const value = map.get(name);
  if (value === undefined) throw new UntrustedError("ATTESTATION_FIELD_MISSING", { expected: name });
  return value;
}

/** Exactly the nine known fields: a tenth might change the meaning of the others. */
function readFields(payload: Uint8Array): Fields {
  const map = decodeCbor(payload);
  if (!(map instanceof Map)) throw new UntrustedError("ATTESTATION_PAYLOAD_REFUSED");
  const fields = Object.fromEntries(fieldNames.map((name) => [name, readField(map, name)]));
  if (map.size !== fieldNames.length) throw new UntrustedError("ATTESTATION_FIELD_UNKNOWN");
  return fields as Fields;
}

function readModuleId(value: CborValue): string {
  if (typeof value !== "string" || !moduleIdPattern.test(value))
    refuse("ATTESTATION_MODULE_ID_REFUSED", value);
  return value;
}

function readTimestamp(value: CborValue): number {
  if (typeof value !== "number" || value < smallestTimestampMs)
    refuse("ATTESTATION_TIMESTAMP_REFUSED", value);
  return value;
}

function readDigest(value: CborValue): void {
  if (value !== "SHA384") refuse("ATTESTATION_DIGEST_REFUSED", value);
}

function isPcrEntry(entry: readonly [CborValue, CborValue]): entry is [number, Uint8Array] {
  const [index, value] = entry;
  const isIndex = typeof index === "number" && index <= largestPcrIndex;
  return isIndex && value instanceof Uint8Array && value.length === pcrBytes;
}

function readPcrs(value: CborValue): ReadonlyMap<number, Uint8Array> {
  if (!(value instanceof Map) || value.size < 3) refuse("ATTESTATION_PCRS_REFUSED", value);
  const entries = [...value].filter(isPcrEntry);
  if (entries.length !== value.size) refuse("ATTESTATION_PCRS_REFUSED", value);
  return new Map(entries);
}

function isWithin(value: CborValue, { min, max }: ByteLimit): value is Uint8Array {
  return value instanceof Uint8Array && value.length >= min && value.length <= max;
}

function isCertificate(value: CborValue): value is Uint8Array {
  return isWithin(value, limits.certificate);
}

function readCertificate(value: CborValue): Uint8Array {
  if (!isCertificate(value)) refuse("ATTESTATION_CERTIFICATE_REFUSED", value);
  return value;
}

function readCabundle(value: CborValue): readonly Uint8Array[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isCertificate)) {
    refuse("ATTESTATION_CABUNDLE_REFUSED", value);
  }
  return value;
}

/** Null, or a byte string within `limit`. */
function readOptional(value: CborValue, limit: ByteLimit, code: ErrorCode): Uint8Array | null {
  if (value === null) return value;
  return isWithin(value, limit) ? value : refuse(code, value);
}

/**
 * Parses the payload of a Nitro attestation document: its nine fields, each within its limits.
 * @throws UntrustedError CBOR_*, ATTESTATION_PAYLOAD_REFUSED, ATTESTATION_FIELD_MISSING,
 * ATTESTATION_FIELD_UNKNOWN, and one ATTESTATION_..._REFUSED per field
 */
export function parseNitroDocument(payload: Uint8Array): NitroDocument {
  const fields = readFields(payload);
  readDigest(fields.digest);
  return {
    moduleId: readModuleId(fields.module_id),
    timestampMs: readTimestamp(fields.timestamp),
    pcrs: readPcrs(fields.pcrs),
    certificate: readCertificate(fields.certificate),
    cabundle: readCabundle(fields.cabundle),
    publicKey: readOptional(fields.public_key, limits.publicKey, "ATTESTATION_PUBLIC_KEY_REFUSED"),
    userData: readOptional(fields.user_data, limits.userData, "ATTESTATION_USER_DATA_REFUSED"),
    nonce: readOptional(fields.nonce, limits.nonce, "ATTESTATION_NONCE_REFUSED"),
  };
}

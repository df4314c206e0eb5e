import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Address } from "./bytes.ts";
import { bytesFromHex, concatBytes, equalBytes, hexFromBytes, toHex, utf8 } from "./bytes.ts";
import { UntrustedError, UsageError } from "./errors.ts";
import type { ErrorCode } from "./codes/index.ts";

/** What an enclave is: it runs scripts, or it vouches for those that do. */
export type Role = "oracle" | "registry";

/** RFC 8446 section 7.5 label of the exporter in an enroll statement; context: the registry's challenge. */
export const enrollExporterLabel = "EXPORTER-open-contracts-enroll-v1";
/** RFC 8446 section 7.5 label of the exporter in a session statement; context: the client's nonce. */
export const sessionExporterLabel = "EXPORTER-open-contracts-attest-v1";

const roleBytes = { oracle: 1, registry: 2 } as const;
const tags = {
  identity: "open-contracts identity v1",
  enroll: "open-contracts enroll v1",
  session: "open-contracts session v1",
} as const;
const zeroAddress = "0x0000000000000000000000000000000000000000";

/** Who signs inside the enclave, and who is paid for running it. */
export interface KeyHolders {
  /** The enclave's secp256k1 signer. */
  readonly signer: Address;
  /** The provider of the enclave. */
  readonly provider: Address;
}

/** What a session statement binds beside its key holders. Each hash and the exporter: 32 bytes. */
export interface SessionBinding {
  readonly role: Role;
  /** SHA-256 of the leaf certificate's DER. */
  readonly leafSha256: Uint8Array;
  /** SHA-256 of the SPKI of the CA: a registry's own, for an oracle the one that issued its leaf. */
  readonly caSpkiSha256: Uint8Array;
  /** TLS exporter of this connection under {@link sessionExporterLabel}. */
  readonly exporter: Uint8Array;
}

/** What an enroll statement binds beside its key holders. Each 32 bytes. */
export interface EnrollBinding {
  /** SHA-256 of the enroll body: CSR, endpoint, prices. */
  readonly bodySha256: Uint8Array;
  /** TLS exporter of this connection under {@link enrollExporterLabel}. */
  readonly exporter: Uint8Array;
}

interface Part {
  readonly code: ErrorCode;
  readonly bytes: Uint8Array;
  /** Derived from a connection's secrets: never named in an error. */
  readonly isSecret?: true;
}

function tagPart(name: keyof typeof tags): Part {
  const bytes = new Uint8Array(32);
  bytes.set(utf8(tags[name]));
  return { code: "USER_DATA_TAG_MISMATCH", bytes };
}

function rolePart(role: Role): Part {
  return { code: "USER_DATA_ROLE_MISMATCH", bytes: Uint8Array.of(roleBytes[role]) };
}

function wordPart(code: ErrorCode, bytes: Uint8Array): Part {
  if (bytes.length !== 32) throw new UsageError("USER_DATA_PART_INVALID", { expected: "32 bytes" });
  return { code, bytes };
}

function exporterPart(exporter: Uint8Array): Part {
  return { ...wordPart("USER_DATA_EXPORTER_MISMATCH", exporter), isSecret: true };
}

function identityParts(role: Role): readonly Part[] {
  return [tagPart("identity"), rolePart(role)];
}

function enrollParts({ bodySha256, exporter }: EnrollBinding): readonly Part[] {
  return [
    tagPart("enroll"),
    rolePart("oracle"),
    wordPart("USER_DATA_BODY_MISMATCH", bodySha256),
    exporterPart(exporter),
  ];
}

function sessionParts({ role, leafSha256, caSpkiSha256, exporter }: SessionBinding): readonly Part[] {
  return [
    tagPart("session"),
    rolePart(role),
    wordPart("USER_DATA_LEAF_MISMATCH", leafSha256),
    wordPart("USER_DATA_CA_MISMATCH", caSpkiSha256),
    exporterPart(exporter),
  ];
}

function addressBytes(address: Address): Uint8Array {
  const bytes = bytesFromHex(address);
  if (bytes?.length !== 20 || address.toLowerCase() === zeroAddress) {
    throw new UsageError("USER_DATA_PART_INVALID", { expected: "an address other than zero" });
  }
  return bytes;
}

function encode(parts: readonly Part[], { signer, provider }: KeyHolders): Uint8Array {
  return concatBytes(...parts.map((part) => part.bytes), addressBytes(signer), addressBytes(provider));
}

function readAddress(bytes: Uint8Array): Address {
  const address = toHex(bytes);
  if (address === zeroAddress) throw new UntrustedError("USER_DATA_ADDRESS_ZERO");
  return address;
}

function comparePart({ code, bytes, isSecret }: Part, actual: Uint8Array): void {
  if (equalBytes(actual, bytes)) return;
  const comparison = { expected: hexFromBytes(bytes), actual: hexFromBytes(actual) };
  throw new UntrustedError(code, isSecret ? {} : comparison);
}

/** Compares each expected part with its place in `userData`; what follows are the key holders. */
function read(userData: Uint8Array, parts: readonly Part[]): KeyHolders {
  const expectedLength = parts.reduce((total, part) => total + part.bytes.length, 40);
  if (userData.length !== expectedLength) {
    throw new UntrustedError("USER_DATA_LENGTH_MISMATCH", {
      expected: String(expectedLength),
      actual: String(userData.length),
    });
  }
  let offset = 0;
  for (const part of parts) {
    comparePart(part, userData.subarray(offset, offset + part.bytes.length));
    offset += part.bytes.length;
  }
  return {
    signer: readAddress(userData.subarray(offset, offset + 20)),
    provider: readAddress(userData.subarray(offset + 20)),
  };
}

/** The 73 bytes by which an enclave names itself to a Hub. @throws UsageError USER_DATA_PART_INVALID */
export function encodeIdentityUserData(identity: { readonly role: Role } & KeyHolders): Uint8Array {
  return encode(identityParts(identity.role), identity);
}

/** The 137 bytes by which an oracle enrolls at a registry. @throws UsageError USER_DATA_PART_INVALID */
export function encodeEnrollUserData(enroll: EnrollBinding & KeyHolders): Uint8Array {
  return encode(enrollParts(enroll), enroll);
}

/** The 169 bytes by which an enclave binds itself to one connection. @throws UsageError USER_DATA_PART_INVALID */
export function encodeSessionUserData(session: SessionBinding & KeyHolders): Uint8Array {
  return encode(sessionParts(session), session);
}

/**
 * Reads an identity statement.
 * @throws UntrustedError USER_DATA_LENGTH_MISMATCH, USER_DATA_TAG_MISMATCH, USER_DATA_ROLE_MISMATCH,
 * USER_DATA_ADDRESS_ZERO
 */
export function readIdentityUserData(userData: Uint8Array, expected: { readonly role: Role }): KeyHolders {
  return read(userData, identityParts(expected.role));
}

/**
 * Reads an enroll statement.
 * @throws UntrustedError as {@link readIdentityUserData}, USER_DATA_BODY_MISMATCH, USER_DATA_EXPORTER_MISMATCH
 */
export function readEnrollUserData(userData: Uint8Array, expected: EnrollBinding): KeyHolders {
  return read(userData, enrollParts(expected));
}

/**
 * Reads a session statement. A client that meets a registry takes the expected CA hash from the CA certificate
 * in the same message: the statement is what makes that certificate trustworthy.
 * @throws UntrustedError as {@link readIdentityUserData}, USER_DATA_LEAF_MISMATCH, USER_DATA_CA_MISMATCH,
 * USER_DATA_EXPORTER_MISMATCH
 */
export function readSessionUserData(userData: Uint8Array, expected: SessionBinding): KeyHolders {
  return read(userData, sessionParts(expected));
}

/** The nonce of an identity document, good for one Hub: keccak256(abi.encode(chainId, hub)), 32 bytes. */
export function identityNonce(chainId: number | bigint, hub: Address): Uint8Array {
  const chainWord = bytesFromHex(chainId.toString(16).padStart(64, "0"));
  if (chainWord?.length !== 32) throw new UsageError("USER_DATA_PART_INVALID", { expected: "a chain id" });
  return keccak_256(concatBytes(chainWord, new Uint8Array(12), addressBytes(hub)));
}

import { concatBytes, equalBytes, hexFromBytes, utf8 } from "./bytes.ts";
import { decodeCbor, type CborValue } from "./cbor.ts";
import { parseRawSignature } from "./ecdsa.ts";
import { UntrustedError } from "./errors.ts";

/** A COSE_Sign1 message with an attached payload, signed by ES384 (RFC 9052 section 4.2, RFC 9053 section 2.1). */
export interface CoseSign1 {
  readonly payload: Uint8Array;
  /** The Sig_structure over the original bytes, with empty external data: what the signature is made over. */
  readonly signedBytes: Uint8Array;
  /** r || s, 96 bytes. */
  readonly signature: Uint8Array;
}

const tag18 = 0xd2;
/** A map of one entry, 1 to -35: algorithm ES384, and nothing else. */
const protectedHeader = Uint8Array.of(0xa1, 0x01, 0x38, 0x22);
const emptyBytes = 0x40;
const arrayOfFour = 0x84;
const textOfTen = 0x6a;

function withoutTag(bytes: Uint8Array): Uint8Array {
  const untagged = bytes[0] === tag18 ? bytes.subarray(1) : bytes;
  if ((untagged[0] ?? 0) >> 5 === 6) throw new UntrustedError("COSE_TAG_REFUSED");
  return untagged;
}

/** The shortest head of a byte string of `length` bytes, below 64 KiB (RFC 8949 section 3). */
function byteStringHead(length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(0x40 + length);
  return length < 256 ? Uint8Array.of(0x58, length) : Uint8Array.of(0x59, length >> 8, length & 255);
}

function createSigStructure(payload: Uint8Array): Uint8Array {
  return concatBytes(
    Uint8Array.of(arrayOfFour, textOfTen),
    utf8("Signature1"),
    byteStringHead(protectedHeader.length),
    protectedHeader,
    Uint8Array.of(emptyBytes),
    byteStringHead(payload.length),
    payload,
  );
}

function verifyHeaders(protectedBytes: CborValue | undefined, unprotected: CborValue | undefined): void {
  if (!(protectedBytes instanceof Uint8Array) || !equalBytes(protectedBytes, protectedHeader)) {
    throw new UntrustedError("COSE_PROTECTED_REFUSED", {
      expected: hexFromBytes(protectedHeader),
      actual: protectedBytes instanceof Uint8Array ? hexFromBytes(protectedBytes) : "no byte string",
    });
  }
  // Not covered by the signature: anything in it is somebody else's word.
  if (!(unprotected instanceof Map) || unprotected.size !== 0) {
    throw new UntrustedError("COSE_UNPROTECTED_REFUSED");
  }
}

/**
 * Parses a COSE_Sign1 message of less than 64 KiB in the one form that Nitro makes: untagged or tagged 18 once,
 * algorithm in the protected header alone, payload attached.
 * @throws UntrustedError COSE_TAG_REFUSED, COSE_STRUCTURE_REFUSED, COSE_PROTECTED_REFUSED,
 * COSE_UNPROTECTED_REFUSED, COSE_PAYLOAD_REFUSED, COSE_SIGNATURE_REFUSED, ECDSA_*, CBOR_*
 */
export function parseCoseSign1(bytes: Uint8Array): CoseSign1 {
  const message = decodeCbor(withoutTag(bytes));
  if (!Array.isArray(message) || message.length !== 4) throw new UntrustedError("COSE_STRUCTURE_REFUSED");
  const [protectedBytes, unprotected, payload, signature] = message as readonly CborValue[];
  verifyHeaders(protectedBytes, unprotected);
  if (!(payload instanceof Uint8Array)) throw new UntrustedError("COSE_PAYLOAD_REFUSED");
  if (!(signature instanceof Uint8Array)) throw new UntrustedError("COSE_SIGNATURE_REFUSED");
  return {
    payload,
    signedBytes: createSigStructure(payload),
    signature: parseRawSignature(signature, "P-384"),
  };
}

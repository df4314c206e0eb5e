import type { CodeEntry } from "./entry.ts";

/** How documents and certificates are encoded: COSE, CBOR, DER, ECDSA, X.509. */
export const encodingCodes = {
  // COSE
  COSE_TAG_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document is tagged as something else. Nothing was sent to it; try another one.",
  },
  COSE_STRUCTURE_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document does not have the four parts of a signed message. Nothing was sent to it; try another one.",
  },
  COSE_PROTECTED_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document is not signed by ES384 alone. Nothing was sent to it; try another one.",
  },
  COSE_UNPROTECTED_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document carries headers that nobody signed. Nothing was sent to it; try another one.",
  },
  COSE_PAYLOAD_REFUSED: {
    action: "stop",
    sentence: "The enclave's attestation document has no content. Nothing was sent to it; try another one.",
  },
  COSE_SIGNATURE_REFUSED: {
    action: "stop",
    sentence: "The enclave's attestation document has no signature. Nothing was sent to it; try another one.",
  },
  // CBOR
  CBOR_TRUNCATED: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: it ends too early. Nothing was sent to it; try another one.",
  },
  CBOR_INDEFINITE_LENGTH: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: a length is left open. Nothing was sent to it; try another one.",
  },
  CBOR_TYPE_REFUSED: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: it holds a type that the protocol does not use. Nothing was sent to it; try another one.",
  },
  CBOR_INTEGER_TOO_LARGE: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: a number is too large. Nothing was sent to it; try another one.",
  },
  CBOR_NOT_SHORTEST: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: a length is not in its shortest form. Nothing was sent to it; try another one.",
  },
  CBOR_UTF8_INVALID: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: a text is not UTF-8. Nothing was sent to it; try another one.",
  },
  CBOR_KEY_REFUSED: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: a key is neither a number nor a text. Nothing was sent to it; try another one.",
  },
  CBOR_KEY_DUPLICATE: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: a key occurs twice. Nothing was sent to it; try another one.",
  },
  CBOR_TOO_DEEP: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: it is nested too deep. Nothing was sent to it; try another one.",
  },
  CBOR_TRAILING_BYTES: {
    action: "stop",
    sentence:
      "A part of the enclave's proof is not valid CBOR: bytes follow its end. Nothing was sent to it; try another one.",
  },
  // DER
  DER_TRUNCATED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: it ends too early. Nothing was sent to it; try another one.",
  },
  DER_LENGTH_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: a length is left open or not in its shortest form. Nothing was sent to it; try another one.",
  },
  DER_TAG_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: a part has another type than it should. Nothing was sent to it; try another one.",
  },
  DER_TRAILING_BYTES: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: bytes follow its end. Nothing was sent to it; try another one.",
  },
  DER_INTEGER_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: a number is negative, empty or not in its shortest form. Nothing was sent to it; try another one.",
  },
  DER_BOOLEAN_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: a truth value is malformed. Nothing was sent to it; try another one.",
  },
  DER_BIT_STRING_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: a bit string is malformed. Nothing was sent to it; try another one.",
  },
  DER_TIME_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid DER: a time is malformed. Nothing was sent to it; try another one.",
  },
  // ECDSA
  ECDSA_LENGTH_REFUSED: {
    action: "stop",
    sentence: "A signature of the enclave has a wrong length. Nothing was sent to it; try another one.",
  },
  ECDSA_SCALAR_REFUSED: {
    action: "stop",
    sentence:
      "A signature of the enclave holds a number that no signature holds. Nothing was sent to it; try another one.",
  },
  // X.509
  X509_VERSION_REFUSED: {
    action: "stop",
    sentence: "A certificate of the enclave is not of version 3. Nothing was sent to it; try another one.",
  },
  X509_SERIAL_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave has no positive serial number of at most 20 bytes. Nothing was sent to it; try another one.",
  },
  X509_ALGORITHM_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not signed by ECDSA with SHA-384. Nothing was sent to it; try another one.",
  },
  X509_ALGORITHM_MISMATCH: {
    action: "stop",
    sentence:
      "A certificate of the enclave names two signature algorithms. Nothing was sent to it; try another one.",
  },
  X509_VALIDITY_REFUSED: {
    action: "stop",
    sentence: "A certificate of the enclave ends before it begins. Nothing was sent to it; try another one.",
  },
  X509_KEY_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave has a key that the protocol does not use. Nothing was sent to it; try another one.",
  },
  X509_EXTENSION_DUPLICATE: {
    action: "stop",
    sentence: "A certificate of the enclave has an extension twice. Nothing was sent to it; try another one.",
  },
  X509_EXTENSION_UNKNOWN: {
    action: "stop",
    sentence:
      "A certificate of the enclave demands that something unknown be understood. Nothing was sent to it; try another one.",
  },
  X509_CONSTRAINTS_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave has malformed basic constraints. Nothing was sent to it; try another one.",
  },
  X509_NAME_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave does not have one common name. Nothing was sent to it; try another one.",
  },
} as const satisfies Record<string, CodeEntry>;

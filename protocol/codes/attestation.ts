import { encodingCodes } from "./encoding.ts";
import type { CodeEntry } from "./entry.ts";
import { statementCodes } from "./statement.ts";

/** Attestation documents and the trust data they are held against. */
export const attestationCodes = {
  ...encodingCodes,
  ...statementCodes,
  // The verdict and the caller's expectation
  ATTESTATION_NOT_VERIFIED: {
    action: "stop",
    sentence:
      "Something that was never verified was taken for a verified enclave. Nothing was sent; please report it.",
  },
  ATTESTATION_EXPECTATION_INVALID: {
    action: "fix-code",
    sentence: "A verification needs a nonce of 32 bytes and the public key of the other side.",
  },
  ATTESTATION_CLOCK_IMPLAUSIBLE: {
    action: "stop",
    sentence:
      "This computer's clock is wrong, so the age of the enclave's proof cannot be judged. Set the clock and try again.",
  },
  // The document and its fields
  ATTESTATION_TOO_LARGE: {
    action: "stop",
    sentence:
      "The enclave's attestation document is larger than 16 KiB. Nothing was sent to it; try another one.",
  },
  ATTESTATION_PAYLOAD_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document does not hold a map of fields. Nothing was sent to it; try another one.",
  },
  ATTESTATION_FIELD_MISSING: {
    action: "stop",
    sentence: "The enclave's attestation document lacks a field. Nothing was sent to it; try another one.",
  },
  ATTESTATION_FIELD_UNKNOWN: {
    action: "stop",
    sentence:
      "The enclave's attestation document has a field that this release does not know. Nothing was sent to it; try another one.",
  },
  ATTESTATION_MODULE_ID_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document names its enclave in an unknown form. Nothing was sent to it; try another one.",
  },
  ATTESTATION_DIGEST_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document does not use SHA-384. Nothing was sent to it; try another one.",
  },
  ATTESTATION_TIMESTAMP_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document has no time in milliseconds. Nothing was sent to it; try another one.",
  },
  ATTESTATION_PCRS_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document has malformed measurements. Nothing was sent to it; try another one.",
  },
  ATTESTATION_CERTIFICATE_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document has a certificate of a wrong size. Nothing was sent to it; try another one.",
  },
  ATTESTATION_CABUNDLE_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document has a malformed list of certificates. Nothing was sent to it; try another one.",
  },
  ATTESTATION_PUBLIC_KEY_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document has a public key of a wrong size. Nothing was sent to it; try another one.",
  },
  ATTESTATION_USER_DATA_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document has user data of a wrong size. Nothing was sent to it; try another one.",
  },
  ATTESTATION_NONCE_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document has a nonce of a wrong size. Nothing was sent to it; try another one.",
  },
  // The chain of certificates
  ATTESTATION_ROOT_UNKNOWN: {
    action: "stop",
    sentence:
      "The enclave's proof does not come from the hardware vendor that this build trusts. Nothing was sent to it. Running it again may reach another enclave.",
  },
  ATTESTATION_CHAIN_LENGTH_REFUSED: {
    action: "stop",
    sentence:
      "The enclave's attestation document does not have the five certificates of its vendor. Nothing was sent to it; try another one.",
  },
  ATTESTATION_KEY_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave has a key of another curve than P-384. Nothing was sent to it; try another one.",
  },
  ATTESTATION_ISSUER_MISMATCH: {
    action: "stop",
    sentence:
      "A certificate of the enclave names another issuer than the one before it. Nothing was sent to it; try another one.",
  },
  ATTESTATION_CA_CONSTRAINTS_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave issues certificates without being allowed to. Nothing was sent to it; try another one.",
  },
  ATTESTATION_CA_KEY_USAGE_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave issues certificates with a key that may not. Nothing was sent to it; try another one.",
  },
  ATTESTATION_PATH_LENGTH_EXCEEDED: {
    action: "stop",
    sentence:
      "A certificate of the enclave has more certificates below it than it allows. Nothing was sent to it; try another one.",
  },
  ATTESTATION_LEAF_CONSTRAINTS_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave signs the document although it belongs to an issuer. Nothing was sent to it; try another one.",
  },
  ATTESTATION_LEAF_KEY_USAGE_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave signs the document with a key that may not, or may do more. Nothing was sent to it; try another one.",
  },
  ATTESTATION_CERTIFICATE_SIGNATURE_INVALID: {
    action: "stop",
    sentence: "A certificate of the enclave has a forged signature. Nothing was sent to it; try another one.",
  },
  ATTESTATION_SIGNATURE_INVALID: {
    action: "stop",
    sentence:
      "The enclave's attestation document has a forged signature. Nothing was sent to it; try another one.",
  },
  ATTESTATION_NAME_MISMATCH: {
    action: "stop",
    sentence:
      "A certificate of the enclave has a name that does not fit the enclave's. Nothing was sent to it; try another one.",
  },
  ATTESTATION_LEAF_LIFETIME_TOO_LONG: {
    action: "stop",
    sentence:
      "A certificate of the enclave lives longer than four hours. Nothing was sent to it; try another one.",
  },
  ATTESTATION_CERTIFICATE_REVOKED: {
    action: "stop",
    sentence: "A certificate of the enclave has been revoked. Nothing was sent to it; try another one.",
  },
  CERTIFICATE_NOT_YET_VALID: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not valid yet. Check this computer's clock; if it is right, try another enclave.",
  },
  CERTIFICATE_EXPIRED: {
    action: "stop",
    sentence:
      "A certificate of the enclave has expired. Check this computer's clock; if it is right, try another enclave.",
  },
  CERTIFICATE_LIFETIME_TOO_LONG: {
    action: "stop",
    sentence:
      "A certificate of the enclave lives longer than the protocol allows. Nothing was sent to it; try another one.",
  },
  // Freshness, policy and binding
  ATTESTATION_STALE: {
    action: "stop",
    sentence:
      "The enclave's proof is older than five minutes. Check this computer's clock; if it is right, somebody may be replaying an old proof.",
  },
  ATTESTATION_FROM_FUTURE: {
    action: "stop",
    sentence:
      "The enclave's proof is from the future. Check this computer's clock; if it is right, try another enclave.",
  },
  ATTESTATION_PCR_MISSING: {
    action: "stop",
    sentence:
      "The enclave's attestation document lacks the measurements of its software. Nothing was sent to it; try another one.",
  },
  ATTESTATION_DEBUG_ENCLAVE: {
    action: "stop",
    sentence:
      "The enclave runs in debug mode, where its operator can read everything. Nothing was sent to it.",
  },
  ATTESTATION_ALLOWLIST_EMPTY: {
    action: "stop",
    sentence:
      "This release knows no enclave software yet, so it trusts no enclave. Wait for a release that does.",
  },
  ATTESTATION_PCR_MISMATCH: {
    action: "stop",
    sentence: "The enclave runs software that this release does not know. Nothing was sent to it.",
  },
  ATTESTATION_ROLE_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave runs the software of another role: a registry in an oracle's place, or the reverse. Nothing was sent to it; try another one.",
  },
  ATTESTATION_RELEASE_NOT_ACTIVE: {
    action: "stop",
    sentence:
      "The enclave runs a version of the software that has been withdrawn. Nothing was sent to it; try another one.",
  },
  ATTESTATION_RELEASE_OUT_OF_TIME: {
    action: "stop",
    sentence:
      "The enclave runs a version of the software that is not accepted at this time. Nothing was sent to it; try another one.",
  },
  ATTESTATION_NONCE_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's attestation document was not made for this connection. Nothing was sent to it; try another one.",
  },
  ATTESTATION_PUBLIC_KEY_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's attestation document belongs to another key than the one that answered. Nothing was sent to it; try another one.",
  },
  ATTESTATION_USER_DATA_MISSING: {
    action: "stop",
    sentence:
      "The enclave's attestation document says nothing about this connection. Nothing was sent to it; try another one.",
  },
} as const satisfies Record<string, CodeEntry>;

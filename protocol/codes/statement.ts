import type { CodeEntry } from "./entry.ts";

/** What enclaves state about themselves, the certificates of the inner TLS, and compiled-in trust. */
export const statementCodes = {
  // Statements in user_data
  USER_DATA_LENGTH_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's attestation document makes a statement of a wrong length. Nothing was sent to it; try another one.",
  },
  USER_DATA_TAG_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's attestation document makes a statement for another purpose. Nothing was sent to it; try another one.",
  },
  USER_DATA_ROLE_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's attestation document speaks for another role. Nothing was sent to it; try another one.",
  },
  USER_DATA_BODY_MISMATCH: {
    action: "stop",
    sentence:
      "The oracle's proof was made for another enrollment than the one that arrived. The enrollment was refused.",
  },
  USER_DATA_LEAF_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's attestation document was made for another certificate. Nothing was sent to it; try another one.",
  },
  USER_DATA_CA_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's attestation document names another registry than the one that vouches for it. Nothing was sent to it; try another one.",
  },
  USER_DATA_EXPORTER_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave's proof was made for another connection: somebody stands in between. Nothing was sent.",
  },
  USER_DATA_ADDRESS_ZERO: {
    action: "stop",
    sentence:
      "The enclave's attestation document names no signer or no provider. Nothing was sent to it; try another one.",
  },
  USER_DATA_PART_INVALID: {
    action: "fix-code",
    sentence: "A statement is made of hashes of 32 bytes, a chain id, and addresses other than zero.",
  },
  // Certificates of the inner TLS
  LEAF_KEY_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave has a TLS key of another curve than P-256. Nothing was sent to it; try another one.",
  },
  LEAF_CONSTRAINTS_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not marked as one that issues nothing. Nothing was sent to it; try another one.",
  },
  LEAF_KEY_USAGE_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave allows another use than TLS signatures. Nothing was sent to it; try another one.",
  },
  LEAF_PURPOSE_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave is not made for a TLS server. Nothing was sent to it; try another one.",
  },
  LEAF_NAME_REFUSED: {
    action: "stop",
    sentence:
      "A certificate of the enclave does not have the one name of its signer and role. Nothing was sent to it; try another one.",
  },
  LEAF_ISSUER_MISMATCH: {
    action: "stop",
    sentence:
      "A certificate of the enclave comes from another registry. Nothing was sent to it; try another one.",
  },
  LEAF_SIGNATURE_INVALID: {
    action: "stop",
    sentence:
      "A certificate of the enclave was not signed by its registry. Nothing was sent to it; try another one.",
  },
  CA_KEY_REFUSED: {
    action: "stop",
    sentence:
      "The registry's CA key is of another curve than P-384. Nothing was sent to it; try another one.",
  },
  CA_CONSTRAINTS_REFUSED: {
    action: "stop",
    sentence:
      "The registry's CA certificate may not issue the certificates of enclaves. Nothing was sent to it; try another one.",
  },
  CA_KEY_USAGE_REFUSED: {
    action: "stop",
    sentence: "The registry's CA key may not sign certificates. Nothing was sent to it; try another one.",
  },
  CA_SIGNATURE_INVALID: {
    action: "stop",
    sentence:
      "The registry's CA certificate is not signed by its own key. Nothing was sent to it; try another one.",
  },
  // Compiled-in trust
  ALLOWLIST_INVALID: {
    action: "fix-code",
    sentence: "The allowlist has an unknown form, or a measurement that is zero or malformed.",
  },
  ALLOWLIST_DUPLICATE: { action: "fix-code", sentence: "The allowlist names the same measurement twice." },
  ALLOWLIST_THRESHOLD_TOO_LOW: {
    action: "stop",
    sentence: "The allowlist must be signed by at least two maintainers. Nothing of it was accepted.",
  },
  ALLOWLIST_SIGNATURES_MISSING: {
    action: "stop",
    sentence: "The allowlist is not signed by enough maintainers. Nothing of it was accepted.",
  },
  TRUST_CONFIG_INVALID: {
    action: "fix-code",
    sentence: "The trust configuration has an unknown form, or mixes release and development.",
  },
  // The security module
  NSM_REQUEST_TOO_LARGE: {
    action: "fix-code",
    sentence:
      "An attestation request holds a key of at most 1,024 bytes, and user data and a nonce of at most 512 bytes each.",
  },
} as const satisfies Record<string, CodeEntry>;

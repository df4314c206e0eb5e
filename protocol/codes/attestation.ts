import type { CodeEntry } from "./entry.ts";

/** Attestation documents, their encoding (CBOR, COSE, DER, X.509) and the trust data they are held against. */
export const attestationCodes = {
  ATTESTATION_PCR_MISMATCH: {
    action: "stop",
    sentence: "The enclave runs software that this release does not know. Nothing was sent to it.",
  },
} as const satisfies Record<string, CodeEntry>;

import type { CodeEntry } from "./entry.ts";

/** A peer that failed a check before anything was uploaded. */
function refusedPeer(what: string): { readonly action: "stop"; readonly sentence: string } {
  return { action: "stop", sentence: `${what} Nothing was sent to it; try another enclave later.` };
}

/** A running session whose enclave changed under our hands. */
function changed(what: string): { readonly action: "stop"; readonly sentence: string } {
  return {
    action: "stop",
    sentence: `When asked to prove itself again, the enclave ${what}. The session was closed; start anew.`,
  };
}

/** A result that is not what was approved. */
function refusedResult(what: string): { readonly action: "stop"; readonly sentence: string } {
  return {
    action: "stop",
    sentence: `The enclave's result ${what}. It was thrown away; nothing was submitted.`,
  };
}

/** Messages of a session, and the order in which they may come. */
export const sessionCodes = {
  WIRE_FRAME_TOO_LARGE: {
    action: "stop",
    sentence: "The other side sent a message larger than the protocol allows. The connection was closed.",
  },
  WIRE_MALFORMED: {
    action: "stop",
    sentence: "The other side sent a message that the protocol does not know. The connection was closed.",
  },
  WIRE_TRUNCATED: {
    action: "retry",
    sentence: "The connection ended in the middle of a message. Try again.",
  },

  SESSION_REQUEST_INVALID: {
    action: "fix-code",
    sentence: "The request names no valid contract, function, account or amount. See what was expected.",
  },
  SESSION_CANCELLED: { action: "ask-user", sentence: "The session was cancelled. Nothing was submitted." },
  SESSION_DENIED: { action: "ask-user", sentence: "You did not agree to this request. Nothing was sent." },
  SESSION_TIMEOUT: {
    action: "retry",
    sentence: "The session waited longer than this step may take, and was ended. Try again.",
  },
  SESSION_CLOSED: { action: "retry", sentence: "The enclave ended the connection. Try again." },
  SESSION_PEER_FAILED: {
    action: "retry",
    sentence: "The other side gave up before it had proven what it is. Try again.",
  },
  SESSION_UNEXPECTED_MESSAGE: {
    action: "stop",
    sentence: "The enclave sent a message that may not come at this point. The connection was closed.",
  },
  SESSION_ENDPOINT_REFUSED: refusedPeer("The enclave's address is not one that this build connects to."),
  SESSION_SCRIPT_NOT_ALLOWED: {
    action: "stop",
    sentence:
      "The contract does not allow this script for this function. Nothing was sent; ask the contract's author.",
  },

  SESSION_NO_REGISTRY: {
    action: "retry",
    sentence: "The Hub lists no active registry at the moment. Try again later.",
  },
  SESSION_NO_ORACLE: { action: "retry", sentence: "No oracle is free at the moment. Try again later." },
  SESSION_PRICE_CAP: {
    action: "ask-user",
    sentence: "Every free oracle costs more than you allowed. Raise the limit, or try again later.",
  },

  SESSION_REGISTRY_INACTIVE: refusedPeer("The registry is not on the Hub's list of active registries."),
  SESSION_REGISTRY_PROVIDER_MISMATCH: refusedPeer(
    "The registry names another provider than the Hub's list does.",
  ),
  SESSION_REGISTRY_IMAGE_MISMATCH: refusedPeer("The registry runs another image than the Hub's list says."),
  SESSION_SIGNER_NAME_MISMATCH: refusedPeer("The enclave's certificate was issued for another signer."),
  SESSION_SIGNER_CERTIFICATE_MISMATCH: refusedPeer(
    "The registry vouches for another signer than this enclave has.",
  ),
  SESSION_PROVIDER_MISMATCH: refusedPeer(
    "The registry vouches for another provider than this enclave names.",
  ),
  SESSION_IMAGE_MISMATCH: refusedPeer("The registry vouches for another image than this enclave runs."),
  SESSION_IMAGE_INACTIVE: refusedPeer(
    "The image that the enclave runs is not active on the Hub, or was retired.",
  ),
  SESSION_CERTIFICATE_SIGNATURE_INVALID: refusedPeer(
    "The signature under the oracle's certificate is no valid one.",
  ),
  SESSION_CERTIFICATE_REGISTRY_MISMATCH: refusedPeer(
    "The oracle's certificate was signed by another registry.",
  ),
  SESSION_CERTIFICATE_NOT_YET_VALID: refusedPeer(
    "The oracle's certificate is not valid yet; check your clock.",
  ),
  SESSION_CERTIFICATE_EXPIRED: refusedPeer("The oracle's certificate has expired; check your clock."),
  SESSION_CERTIFICATE_LIFETIME: refusedPeer(
    "The oracle's certificate is valid for longer than the Hub accepts.",
  ),
  SESSION_CERTIFICATE_OTHER_SCRIPT: refusedPeer("The oracle was certified for another script alone."),
  SESSION_PRICE_ABOVE_CAP: refusedPeer(
    "The oracle asks for more than you allowed, and more than was quoted.",
  ),

  SESSION_REATTEST_MODULE_CHANGED: changed("was another enclave"),
  SESSION_REATTEST_SIGNER_CHANGED: changed("named another signer"),
  SESSION_REATTEST_PROVIDER_CHANGED: changed("named another provider"),
  SESSION_REATTEST_PCRS_CHANGED: changed("showed other measurements"),

  SESSION_UPLOAD_HASH_MISMATCH: {
    action: "stop",
    sentence:
      "The enclave holds another script than the one you approved. The session was closed before it asked you anything.",
  },

  RESULT_SIGNATURE_INVALID: refusedResult("carries no valid signature"),
  RESULT_SIGNER_MISMATCH: refusedResult("was signed by another key, or for another chain or Hub"),
  RESULT_TARGET_MISMATCH: refusedResult("is for another contract"),
  RESULT_SELECTOR_MISMATCH: refusedResult("calls another function"),
  RESULT_ARGUMENTS_MALFORMED: refusedResult("carries arguments that do not fit the function"),
  RESULT_USER_MISMATCH: refusedResult("belongs to another account"),
  RESULT_SCRIPT_MISMATCH: refusedResult("was made by another script"),
  RESULT_VALUE_ABOVE_CONSENT: refusedResult("asks for more of the chain's currency than you agreed to"),
  RESULT_REGISTRY_MISMATCH: refusedResult("names another registry"),
  RESULT_TIMES_DISORDERED: refusedResult("carries times that contradict one another"),
  RESULT_DEADLINE_AFTER_CERTIFICATE: refusedResult(
    "claims to be good for longer than its oracle is certified",
  ),
  RESULT_EXPIRED: {
    action: "retry",
    sentence: "The result's deadline has passed. Run the script again.",
  },
  RESULT_PRICES_CHANGED: refusedResult("came with other prices than the enclave was attested with"),
  RESULT_RECORD_MALFORMED: {
    action: "stop",
    sentence: "The stored result cannot be read. It was not used; run the script again.",
  },
  SUBMISSION_MALFORMED: {
    action: "fix-code",
    sentence: "This is not the calldata of a submission to the Hub. Compare it with the Hub's ABI.",
  },
} as const satisfies Record<string, CodeEntry>;

import type { CodeEntry } from "./entry.ts";

/** A transaction that the wallet or the page made differs from what the person approved. */
function altered(what: string): { readonly action: "stop"; readonly sentence: string } {
  return {
    action: "stop",
    sentence: `The transaction that was sent ${what}. Compare it with the result page before you do anything else.`,
  };
}

/** What the chain, its endpoints and the Hub say. */
export const chainCodes = {
  CHAIN_NOT_SUPPORTED: {
    action: "fix-code",
    sentence: "This build has no Hub on that chain. Use one of the listed chains.",
  },
  CHAIN_ENDPOINTS_DISAGREE: {
    action: "stop",
    sentence:
      "Two endpoints of the chain give different answers: one of them lies or is broken. Nothing was sent. Try again in a minute; if it stays so, report it.",
  },
  CHAIN_ENDPOINT_UNREACHABLE: {
    action: "retry",
    sentence: "Fewer than two endpoints of the chain answered. Check your connection and try again.",
  },
  CHAIN_BLOCK_STALE: {
    action: "retry",
    sentence: "The chain's endpoints know no recent block. Check your computer's clock, and try again later.",
  },
  CHAIN_ID_MISMATCH: {
    action: "stop",
    sentence: "An endpoint serves another chain than the one this build expects. Nothing was sent.",
  },
  CHAIN_HUB_CODE_MISMATCH: {
    action: "stop",
    sentence: "The Hub on the chain is not the program that this build was made for. Nothing was sent.",
  },
  CHAIN_TRANSACTION_OTHER_CHAIN: altered("is for another chain"),
  CHAIN_TRANSACTION_OTHER_TARGET: altered("does not go to the Hub"),
  CHAIN_TRANSACTION_OTHER_INPUT: altered("carries another call than the one you approved"),
  CHAIN_TRANSACTION_OTHER_VALUE: altered("carries another amount than the one you approved"),
  CHAIN_TRANSACTION_OTHER_SENDER: altered("comes from another account than the one you confirmed"),
  CHAIN_TRANSACTION_REVERTED: {
    action: "retry",
    sentence:
      "The transaction failed on the chain: only its gas was spent. The result is kept; submit it again.",
  },
  CHAIN_SUBMITTED_MISSING: {
    action: "stop",
    sentence: "The transaction succeeded, but the Hub does not report this result. Do not count on it.",
  },
} as const satisfies Record<string, CodeEntry>;

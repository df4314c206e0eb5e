import type { CodeEntry } from "./entry.ts";

/** What the chain, its endpoints and the Hub say. */
export const chainCodes = {
  CHAIN_NOT_SUPPORTED: {
    action: "fix-code",
    sentence: "This build has no Hub on that chain. Use one of the listed chains.",
  },
} as const satisfies Record<string, CodeEntry>;

import type { CodeEntry } from "./entry.ts";

/** The extension: page requests, consent, wallet, storage. */
export const extensionCodes = {
  REQUEST_INVALID: {
    action: "fix-code",
    sentence: "The request does not have the form that window.openContracts documents.",
  },
} as const satisfies Record<string, CodeEntry>;

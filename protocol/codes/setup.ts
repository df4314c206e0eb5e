import type { CodeEntry } from "./entry.ts";

/** Our own mistakes, and the setting up of a machine. */
export const setupCodes = {
  INTERNAL: {
    action: "stop",
    sentence: "Something went wrong inside Open Contracts. Nothing was submitted; please report it.",
  },
} as const satisfies Record<string, CodeEntry>;

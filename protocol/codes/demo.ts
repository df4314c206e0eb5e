import type { CodeEntry } from "./entry.ts";

/** The demo world of `npm start`. */
export const demoCodes = {
  DEMO_PROCESS_FAILED: {
    action: "retry",
    sentence: "A part of the demo world did not start. Its last lines are above; start again.",
  },
  DEMO_BROWSER_MISSING: {
    action: "fix-code",
    sentence:
      "No Chromium was found. Install it (Debian: apt-get install chromium) or run: npx playwright install chromium.",
  },
  DEMO_ARGUMENT_INVALID: {
    action: "fix-code",
    sentence: "The command line has an argument that npm start does not know. See npm start -- --help.",
  },
  DEMO_ANSWER_MISSING: {
    action: "fix-code",
    sentence:
      "The script asked a question and standard input had no more lines. Give one line for each answer.",
  },
  DEMO_STEP_FAILED: {
    action: "stop",
    sentence: "A step of the journey did not end as it must. What was expected and what happened is above.",
  },
} as const satisfies Record<string, CodeEntry>;

import type { CodeEntry } from "./entry.ts";

/** Enclave services, their host processes and the sandboxed script. */
export const enclaveCodes = {
  ENCLAVE_SANDBOX_UNAVAILABLE: {
    action: "fix-code",
    sentence: "Scripts run only in a Linux sandbox, and this machine refuses to make one.",
  },
} as const satisfies Record<string, CodeEntry>;

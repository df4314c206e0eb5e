import type { CodeEntry } from "./entry.ts";

/** Enclave services, their host processes and the sandboxed script. */
export const enclaveCodes = {
  ENCLAVE_SANDBOX_UNAVAILABLE: {
    action: "fix-code",
    sentence:
      "Scripts run only in a Linux sandbox, and this machine refuses to make one. Install or set what is named.",
  },
  ENCLAVE_SCRIPT_EXCEPTION: {
    action: "fix-code",
    sentence:
      "The script ended without a result; below is what it says. Nothing was submitted and nothing was charged.",
  },
  ENCLAVE_SCRIPT_KILLED: {
    action: "fix-code",
    sentence: "The script's process died without saying why: it used too much memory or processor time.",
  },
  ENCLAVE_SCRIPT_MEMORY_LIMIT: {
    action: "fix-code",
    sentence:
      "The script's processes together used more memory than a session has and were stopped. Nothing was signed.",
  },
  ENCLAVE_SCRIPT_TIME_LIMIT: {
    action: "fix-code",
    sentence: "The script ran longer than a session may last and was stopped. Nothing was signed.",
  },
  ENCLAVE_SCRIPT_OUTPUT_LIMIT: {
    action: "fix-code",
    sentence: "The script wrote more than a session may write and was stopped. Nothing was signed.",
  },
  ENCLAVE_SCRIPT_LINE_INVALID: {
    action: "fix-code",
    sentence:
      "The script wrote to the enclave's channel what is no message and was stopped. Use the opencontracts module.",
  },
  ENCLAVE_UPLINK_UNAVAILABLE: {
    action: "retry",
    sentence:
      "The enclave's way out to web sites is not there. Nothing was sent; try again or choose another oracle.",
  },
  ENCLAVE_SITES_FAILED: {
    action: "retry",
    sentence: "The part of the enclave that speaks to web sites ended early. Nothing was signed; try again.",
  },
} as const satisfies Record<string, CodeEntry>;

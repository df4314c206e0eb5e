import type { CodeEntry } from "./entry.ts";

/** Enclave services (oracle, registry) and the untrusted processes beside them (relay, egress). */
export const serviceCodes = {
  SERVICE_ARGUMENTS_INVALID: {
    action: "fix-code",
    sentence: "The process was started with arguments it does not know. See --help.",
  },
  SERVICE_TLS_CONFIG_MISSING: {
    action: "fix-code",
    sentence:
      "The enclave's Node must run with --openssl-config and our openssl.cnf. Start it again with both.",
  },
  SERVICE_HOST_MESSAGE_INVALID: {
    action: "fix-code",
    sentence: "The host's message to the enclave is not of the documented form. The enclave did not start.",
  },
  SERVICE_CONTROL_FAILED: {
    action: "retry",
    sentence:
      "The enclave ended its control connection before it was ready. Read its log and start it again.",
  },
  SERVICE_MESSAGE_ORDER: {
    action: "stop",
    sentence: "The other side sent a message that may not come at this point. The connection was closed.",
  },
  SERVICE_CLIENT_GONE: {
    action: "retry",
    sentence: "The other side went away. What ran for it was stopped and its files were deleted.",
  },
  SERVICE_CLIENT_SILENT: {
    action: "retry",
    sentence: "The other side was silent for too long. The connection was closed; open a new one.",
  },
  SERVICE_HUB_UNKNOWN: {
    action: "fix-code",
    sentence: "This enclave does not serve that Hub on that chain. Choose another enclave.",
  },
  SERVICE_BUSY: {
    action: "retry",
    sentence: "All sessions of this oracle are in use. Try again, or choose another oracle.",
  },
  SERVICE_UPLOAD_MISMATCH: {
    action: "stop",
    sentence: "The uploaded files are not those that were announced. Nothing was run.",
  },
  SERVICE_NO_RESULT: {
    action: "fix-code",
    sentence: "The script ended without submitting a result. Its author must call submit.",
  },
  SERVICE_CANCELLED: { action: "retry", sentence: "The session was cancelled. The script was stopped." },
  SERVICE_CERTIFICATE_EXPIRED: {
    action: "retry",
    sentence: "No registry vouches for this oracle at the moment. Choose another oracle.",
  },
  SERVICE_UPLINK_FAILED: {
    action: "retry",
    sentence: "The host's way out did not open the connection. Check the name and the egress log.",
  },
  ENROLL_CHALLENGE_INVALID: {
    action: "stop",
    sentence: "The oracle answered a challenge that was not given to it. It was not certified.",
  },
  ENROLL_CSR_INVALID: {
    action: "stop",
    sentence: "The oracle's certificate request is not signed by the key it names. It was not certified.",
  },
  ENROLL_REFUSED: {
    action: "stop",
    sentence: "The registry refused to certify this oracle. Compare its image with the registry's list.",
  },
  ENROLL_REPLY_MISMATCH: {
    action: "stop",
    sentence: "The registry certified something else than what this oracle asked for. Nothing of it is used.",
  },
} as const satisfies Record<string, CodeEntry>;

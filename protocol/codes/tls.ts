import type { CodeEntry } from "./entry.ts";

/** The TLS 1.3 client inside the WebSocket. */
export const tlsCodes = {
  TLS_UNEXPECTED_MESSAGE: {
    action: "stop",
    sentence: "The enclave broke the TLS protocol. The connection was closed.",
  },
} as const satisfies Record<string, CodeEntry>;

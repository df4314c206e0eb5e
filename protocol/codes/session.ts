import type { CodeEntry } from "./entry.ts";

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
  WIRE_TRUNCATED: { action: "retry", sentence: "The connection ended in the middle of a message. Try again." },
} as const satisfies Record<string, CodeEntry>;

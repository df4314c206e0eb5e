import type { z } from "zod";
import type { ByteStream } from "../byteStream.ts";
import { decodeMessage, encodeMessage, FrameReader } from "./framing.ts";

/** Typed messages over a byte stream: every one that arrives has passed its schema. */
export interface MessageStream<In, Out> {
  /** The next message; null when the other side has ended the stream between two messages. */
  read(): Promise<In | null>;
  /** Sends one message. */
  write(message: Out): Promise<void>;
  /** Ends the stream. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Makes a message stream over `stream`. One reader at a time.
 * @throws (from `read`) UntrustedError WIRE_MALFORMED, WIRE_FRAME_TOO_LARGE; TransportError WIRE_TRUNCATED
 */
export function createMessageStream<In extends z.ZodType, Out extends Readonly<Record<string, unknown>>>(
  stream: ByteStream,
  incoming: In,
): MessageStream<z.output<In>, Out> {
  const frames = new FrameReader();
  const bodies: Uint8Array[] = [];
  return {
    async read() {
      for (;;) {
        const body = bodies.shift();
        if (body !== undefined) return decodeMessage(body, incoming);
        const bytes = await stream.read();
        if (bytes === null) {
          frames.end();
          return null;
        }
        bodies.push(...frames.push(bytes));
      }
    },
    write: (message) => stream.write(encodeMessage(message)),
    close: () => stream.close(),
  };
}

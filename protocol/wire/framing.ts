import cbor from "cbor-web";
import type { z } from "zod";
import { concatBytes } from "../bytes.ts";
import { TransportError, UntrustedError } from "../errors.ts";
import { maxMessageBytes } from "./limits.ts";

const lengthBytes = 4;
const maxDepth = 8;

/** Encodes one message: 4-byte big-endian length, then one CBOR map. */
export function encodeMessage(message: Readonly<Record<string, unknown>>): Uint8Array {
  const body = cbor.encodeOne(message, { highWaterMark: 2 * maxMessageBytes });
  const head = new Uint8Array(lengthBytes);
  new DataView(head.buffer).setUint32(0, body.length);
  return concatBytes(head, body);
}

/**
 * Decodes one message body against its schema.
 * @throws UntrustedError WIRE_MALFORMED where it is no CBOR map of a known type with known fields
 */
export function decodeMessage<S extends z.ZodType>(body: Uint8Array, schema: S): z.output<S> {
  let value: unknown;
  try {
    value = cbor.decodeFirstSync(body, { preventDuplicateKeys: true, max_depth: maxDepth, required: true });
  } catch (cause) {
    throw new UntrustedError("WIRE_MALFORMED", { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UntrustedError("WIRE_MALFORMED", { cause: parsed.error });
  return parsed.data;
}

/** Cuts a stream of bytes into message bodies. Holds at most one unfinished message. */
export class FrameReader {
  #pending = new Uint8Array(0);

  /**
   * Takes the next bytes and returns the bodies that are complete.
   * @throws UntrustedError WIRE_FRAME_TOO_LARGE as soon as a length says so
   */
  push(bytes: Uint8Array): Uint8Array[] {
    this.#pending = new Uint8Array(concatBytes(this.#pending, bytes));
    const bodies: Uint8Array[] = [];
    for (let body = this.#next(); body !== undefined; body = this.#next()) bodies.push(body);
    return bodies;
  }

  /** Says that the stream has ended. @throws TransportError WIRE_TRUNCATED inside a message */
  end(): void {
    if (this.#pending.length > 0) throw new TransportError("WIRE_TRUNCATED");
  }

  #next(): Uint8Array | undefined {
    if (this.#pending.length < lengthBytes) return undefined;
    const length = new DataView(this.#pending.buffer).getUint32(0);
    if (length > maxMessageBytes) {
      throw new UntrustedError("WIRE_FRAME_TOO_LARGE", {
        expected: `at most ${String(maxMessageBytes)}`,
        actual: String(length),
      });
    }
    const end = lengthBytes + length;
    if (this.#pending.length < end) return undefined;
    const body = this.#pending.slice(lengthBytes, end);
    this.#pending = this.#pending.slice(end);
    return body;
  }
}

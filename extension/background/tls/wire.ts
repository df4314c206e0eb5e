import { concatBytes } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";

/**
 * Reads TLS presentation language (RFC 8446 §3) from `bytes`, front to back. Total: every method either
 * returns what the bytes hold or throws.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The next `length` bytes, as a copy. @throws UntrustedError TLS_DECODE where fewer are left */
  take(length: number): Uint8Array {
    if (length > this.remaining) {
      throw new UntrustedError("TLS_DECODE", {
        expected: `${String(length)} bytes`,
        actual: `${String(this.remaining)} bytes`,
      });
    }
    const taken = this.#bytes.slice(this.#offset, this.#offset + length);
    this.#offset += length;
    return taken;
  }

  /** An unsigned big-endian integer of `width` bytes (1 to 4). @throws UntrustedError TLS_DECODE */
  uint(width: 1 | 2 | 3 | 4): number {
    return this.take(width).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** A vector with a length prefix of `width` bytes, `min` to `max` bytes long. @throws UntrustedError TLS_DECODE */
  vector(width: 1 | 2 | 3, min: number, max: number): Uint8Array {
    const length = this.uint(width);
    if (length < min || length > max) {
      throw new UntrustedError("TLS_DECODE", {
        expected: `vector of ${String(min)} to ${String(max)} bytes`,
        actual: `${String(length)} bytes`,
      });
    }
    return this.take(length);
  }

  /** Demands that nothing is left: trailing bytes are refused everywhere. @throws UntrustedError TLS_DECODE */
  end(): void {
    if (this.remaining !== 0) {
      throw new UntrustedError("TLS_DECODE", {
        expected: "end",
        actual: `${String(this.remaining)} trailing bytes`,
      });
    }
  }
}

/** Parses the whole of `bytes` by `read`; trailing bytes are refused. @throws UntrustedError TLS_DECODE */
export function parseAll<T>(bytes: Uint8Array, read: (reader: WireReader) => T): T {
  const reader = new WireReader(bytes);
  const value = read(reader);
  reader.end();
  return value;
}

/** Parses `bytes` as a sequence of items until nothing is left. @throws UntrustedError TLS_DECODE */
export function parseEach<T>(bytes: Uint8Array, read: (reader: WireReader) => T): T[] {
  const reader = new WireReader(bytes);
  const items: T[] = [];
  while (reader.remaining > 0) items.push(read(reader));
  return items;
}

/** Encodes `value` as `width` big-endian bytes. */
export function encodeUint(value: number, width: 1 | 2 | 3 | 8): Uint8Array {
  const bytes = new Uint8Array(width);
  let rest = value;
  for (let index = width - 1; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** Encodes a vector: the length of `content` in `width` bytes, then `content`. */
export function encodeVector(width: 1 | 2 | 3, content: Uint8Array): Uint8Array {
  return concatBytes(encodeUint(content.length, width), content);
}

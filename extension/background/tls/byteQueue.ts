import { concatBytes } from "#protocol/bytes.ts";

/** Bytes as they arrive in pieces of any size, taken out in pieces of any other. Each byte is copied twice at most. */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** Bytes waiting. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of `bytes` at the end. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes.slice());
    this.#length += bytes.length;
  }

  /** A view of the first `length` bytes, which stay; undefined where fewer are there. */
  peek(length: number): Uint8Array | undefined {
    if (length > this.#length) return undefined;
    return this.#front(length).subarray(0, length);
  }

  /** Removes and returns the first `length` bytes; undefined, and nothing removed, where fewer are there. */
  take(length: number): Uint8Array | undefined {
    if (length > this.#length) return undefined;
    const front = this.#front(length);
    const rest = front.subarray(length);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#length -= length;
    return front.slice(0, length);
  }

  /** The first chunk, after joining as many as hold `length` bytes. */
  #front(length: number): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= length) return first;
    let count = 0;
    for (let covered = 0; covered < length; count += 1) covered += this.#chunks[count]?.length ?? length;
    const joined = concatBytes(...this.#chunks.slice(0, count));
    this.#chunks.splice(0, count, joined);
    return joined;
  }
}

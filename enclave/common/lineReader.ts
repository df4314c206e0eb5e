/** Cuts bytes into lines of UTF-8 text, each at most `maxBytes`. */
export class LineReader {
  #pending = Buffer.alloc(0);
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that `bytes` complete, without their ends; undefined where one is too long. */
  push(bytes: Uint8Array): string[] | undefined {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const lines: string[] = [];
    for (let end = this.#pending.indexOf(0x0a); end >= 0; end = this.#pending.indexOf(0x0a)) {
      if (end > this.#maxBytes) return undefined;
      lines.push(this.#pending.subarray(0, end).toString("utf8"));
      this.#pending = this.#pending.subarray(end + 1);
    }
    return this.#pending.length > this.#maxBytes ? undefined : lines;
  }
}

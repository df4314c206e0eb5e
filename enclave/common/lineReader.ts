import { textFromUtf8 } from "#protocol/bytes.ts";

/** Splits a stream of bytes into lines of text. */
export interface LineReader {
  /** Takes the next bytes. False once a line was too long, no UTF-8 or refused; then nothing more is read. */
  push(chunk: Uint8Array): boolean;
}

/** Lines of at most `mostBytes` without their end; `onLine` hears each, and returns false to stop. */
export function createLineReader(mostBytes: number, onLine: (line: string) => boolean): LineReader {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let isSound = true;

  const finishLine = (rest: Uint8Array): boolean => {
    const line = textFromUtf8(Buffer.concat([...pending, rest]));
    pending = [];
    pendingBytes = 0;
    return line !== undefined && onLine(line);
  };

  const takeChunk = (chunk: Uint8Array): boolean => {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      if (pendingBytes + end - start > mostBytes || !finishLine(chunk.subarray(start, end))) return false;
      start = end + 1;
    }
    if (start === chunk.length) return true;
    pending.push(chunk.slice(start));
    pendingBytes += chunk.length - start;
    return pendingBytes <= mostBytes;
  };

  return {
    push: (chunk) => {
      isSound &&= takeChunk(chunk);
      return isSound;
    },
  };
}

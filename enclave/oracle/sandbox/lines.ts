import { createLineReader, type LineReader } from "../../common/lineReader.ts";

/** A {@link LineReader} of JSON values, one per line; also a line that is no JSON stops it. */
export function createValueReader(mostBytes: number, onValue: (value: unknown) => boolean): LineReader {
  return createLineReader(mostBytes, (line) => {
    const value = parseJson(line);
    return value !== undefined && onValue(value);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

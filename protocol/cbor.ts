import { textFromUtf8 } from "./bytes.ts";
import { UntrustedError } from "./errors.ts";

/** A map key: unsigned integer or text. */
export type CborKey = number | string;
/** A map; its keys are unique. */
export type CborMap = ReadonlyMap<CborKey, CborValue>;
/** A value of the subset. Byte strings are views into the input. */
export type CborValue = number | string | null | Uint8Array | readonly CborValue[] | CborMap;

interface Cursor {
  readonly bytes: Uint8Array;
  offset: number;
}

const maxDepth = 4;
const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5 } as const;
const nullByte = 0xf6;
const indefiniteMapByte = 0xbf;
const breakByte = 0xff;

function takeBytes(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.offset + length;
  if (end > cursor.bytes.length) throw new UntrustedError("CBOR_TRUNCATED");
  const taken = cursor.bytes.subarray(cursor.offset, end);
  cursor.offset = end;
  return taken;
}

function takeByte(cursor: Cursor): number {
  const byte = takeBytes(cursor, 1)[0];
  return byte ?? 0;
}

function readArgument(cursor: Cursor, additional: number): number {
  if (additional < 24) return additional;
  if (additional === 31) throw new UntrustedError("CBOR_INDEFINITE_LENGTH");
  if (additional > 27) throw new UntrustedError("CBOR_TYPE_REFUSED", { actual: `reserved ${additional}` });
  const size = 2 ** (additional - 24);
  const argument = takeBytes(cursor, size).reduce((value, byte) => value * 256 + byte, 0);
  if (argument > Number.MAX_SAFE_INTEGER) throw new UntrustedError("CBOR_INTEGER_TOO_LARGE");
  // RFC 8949 section 4.2.1: the shortest form, and no other.
  const smallest = size === 1 ? 24 : 256 ** (size / 2);
  if (argument < smallest) throw new UntrustedError("CBOR_NOT_SHORTEST");
  return argument;
}

function readText(cursor: Cursor, length: number): string {
  const text = textFromUtf8(takeBytes(cursor, length));
  if (text === undefined) throw new UntrustedError("CBOR_UTF8_INVALID");
  return text;
}

function readEntry(cursor: Cursor, depth: number, map: Map<CborKey, CborValue>): void {
  const key = readItem(cursor, depth);
  if (typeof key !== "number" && typeof key !== "string") throw new UntrustedError("CBOR_KEY_REFUSED");
  if (map.has(key)) throw new UntrustedError("CBOR_KEY_DUPLICATE", { actual: String(key) });
  map.set(key, readItem(cursor, depth));
}

function readMap(cursor: Cursor, depth: number, count: number): CborMap {
  const map = new Map<CborKey, CborValue>();
  for (let index = 0; index < count; index += 1) readEntry(cursor, depth, map);
  return map;
}

function readIndefiniteMap(cursor: Cursor): CborMap {
  const map = new Map<CborKey, CborValue>();
  while (cursor.bytes[cursor.offset] !== breakByte) readEntry(cursor, 1, map);
  takeByte(cursor);
  return map;
}

function readArray(cursor: Cursor, depth: number, count: number): readonly CborValue[] {
  const items: CborValue[] = [];
  for (let index = 0; index < count; index += 1) items.push(readItem(cursor, depth));
  return items;
}

function readItem(cursor: Cursor, depth: number): CborValue {
  const initial = takeByte(cursor);
  if (initial === nullByte) return null;
  if (initial === indefiniteMapByte && depth === 0) return readIndefiniteMap(cursor);
  const type = initial >> 5;
  if (type === major.negative || type > major.map)
    throw new UntrustedError("CBOR_TYPE_REFUSED", { actual: `byte ${initial}` });
  const argument = readArgument(cursor, initial & 31);
  if (type === major.unsigned) return argument;
  if (type === major.bytes) return takeBytes(cursor, argument);
  if (type === major.text) return readText(cursor, argument);
  if (depth === maxDepth) throw new UntrustedError("CBOR_TOO_DEEP");
  return type === major.array ? readArray(cursor, depth + 1, argument) : readMap(cursor, depth + 1, argument);
}

/**
 * Decodes one item of a strict CBOR subset (RFC 8949): unsigned integers up to 2^53 - 1, byte and text strings,
 * arrays, maps and null; shortest lengths, unique keys, valid UTF-8, at most four containers deep, nothing after
 * the item. Definite lengths, but for a map at the very top, as newer Nitro firmware writes it.
 * @throws UntrustedError CBOR_TRUNCATED, CBOR_INDEFINITE_LENGTH, CBOR_TYPE_REFUSED, CBOR_INTEGER_TOO_LARGE,
 * CBOR_NOT_SHORTEST, CBOR_UTF8_INVALID, CBOR_KEY_REFUSED, CBOR_KEY_DUPLICATE, CBOR_TOO_DEEP, CBOR_TRAILING_BYTES
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const cursor: Cursor = { bytes, offset: 0 };
  const value = readItem(cursor, 0);
  if (cursor.offset !== bytes.length) throw new UntrustedError("CBOR_TRAILING_BYTES");
  return value;
}

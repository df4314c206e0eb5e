import { UntrustedError } from "./errors.ts";
import { hexFromBytes } from "./bytes.ts";

/** One tag, length and value (X.690). Views into the input. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content as they stood. */
  readonly encoded: Uint8Array;
}

/** A place in DER bytes. */
export interface DerReader {
  readonly bytes: Uint8Array;
  offset: number;
}

/** Identifier octets of the types that certificates hold. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function takeByte(reader: DerReader): number {
  const byte = reader.bytes[reader.offset];
  if (byte === undefined) throw new UntrustedError("DER_TRUNCATED");
  reader.offset += 1;
  return byte;
}

/** X.690 section 10.1: definite, in the fewest octets. Three length octets bound an element to 16 MiB. */
function readLength(reader: DerReader): number {
  const first = takeByte(reader);
  if (first < 0x80) return first;
  const octets = first - 0x80;
  if (octets < 1 || octets > 3) throw new UntrustedError("DER_LENGTH_REFUSED");
  let length = 0;
  for (let index = 0; index < octets; index += 1) length = length * 256 + takeByte(reader);
  if (length < Math.max(0x80, 256 ** (octets - 1))) throw new UntrustedError("DER_LENGTH_REFUSED");
  return length;
}

/** True when the next element has `tag`. */
export function isNextTag(reader: DerReader, tag: number): boolean {
  return reader.bytes[reader.offset] === tag;
}

/** True when nothing follows. */
export function isAtEnd(reader: DerReader): boolean {
  return reader.offset === reader.bytes.length;
}

/** Reads the next element, which must have `tag`. @throws UntrustedError DER_TAG_REFUSED and lengths' codes */
export function readElement(reader: DerReader, tag: number): DerElement {
  const start = reader.offset;
  const actual = takeByte(reader);
  if (actual !== tag) {
    throw new UntrustedError("DER_TAG_REFUSED", { expected: tag.toString(16), actual: actual.toString(16) });
  }
  const length = readLength(reader);
  const end = reader.offset + length;
  if (end > reader.bytes.length) throw new UntrustedError("DER_TRUNCATED");
  const content = reader.bytes.subarray(reader.offset, end);
  reader.offset = end;
  return { tag, content, encoded: reader.bytes.subarray(start, end) };
}

/** Runs `body` over `bytes` and demands that it reads them all. @throws UntrustedError DER_TRAILING_BYTES */
export function parseDer<T>(bytes: Uint8Array, body: (reader: DerReader) => T): T {
  const reader: DerReader = { bytes, offset: 0 };
  const value = body(reader);
  if (!isAtEnd(reader)) throw new UntrustedError("DER_TRAILING_BYTES");
  return value;
}

/** Reads a constructed element with `tag` and runs `body` over its content. */
export function readInside<T>(reader: DerReader, tag: number, body: (inner: DerReader) => T): T {
  return parseDer(readElement(reader, tag).content, body);
}

/** Reads elements by `item` until the end: at least one. */
export function readAll<T>(reader: DerReader, item: (reader: DerReader) => T): readonly T[] {
  const items = [item(reader)];
  while (!isAtEnd(reader)) items.push(item(reader));
  return items;
}

/** The content octets of an object identifier in hex, to be compared whole. */
export function readOid(reader: DerReader): string {
  return hexFromBytes(readElement(reader, derTag.oid).content);
}

/**
 * The magnitude of a non-negative INTEGER without leading zero octet (X.690 section 8.3); zero is one 0 octet.
 * @throws UntrustedError DER_INTEGER_REFUSED where it is negative, empty or not the shortest
 */
export function readUnsignedInteger(reader: DerReader): Uint8Array {
  const { content } = readElement(reader, derTag.integer);
  const [first, second] = content;
  if (first === undefined || first >= 0x80) throw new UntrustedError("DER_INTEGER_REFUSED");
  if (first !== 0 || second === undefined) return content;
  if (second < 0x80) throw new UntrustedError("DER_INTEGER_REFUSED");
  return content.subarray(1);
}

/** X.690 section 11.1: 0xFF is true. FALSE is always a default here, and a default is not encoded. */
export function readDefaultFalse(reader: DerReader): boolean {
  if (!isNextTag(reader, derTag.boolean)) return false;
  const { content } = readElement(reader, derTag.boolean);
  if (content.length !== 1 || content[0] !== 0xff) throw new UntrustedError("DER_BOOLEAN_REFUSED");
  return true;
}

/** The octets of a BIT STRING that fills them all. @throws UntrustedError DER_BIT_STRING_REFUSED */
export function readWholeOctets(reader: DerReader): Uint8Array {
  const { content } = readElement(reader, derTag.bitString);
  if (content[0] !== 0) throw new UntrustedError("DER_BIT_STRING_REFUSED");
  return content.subarray(1);
}

/**
 * A named bit list of at most 9 bits; bit 0 of the list is the highest of the 16 returned.
 * @throws UntrustedError DER_BIT_STRING_REFUSED where padding is set or a trailing zero bit is kept
 * (X.690 section 11.2)
 */
export function readNamedBits(reader: DerReader): number {
  const [unused, high, low = 0, ...more] = readElement(reader, derTag.bitString).content;
  if (unused === undefined || high === undefined || unused > 7 || more.length > 0) {
    throw new UntrustedError("DER_BIT_STRING_REFUSED");
  }
  const last = low === 0 ? high : low;
  const lowestUsed = 1 << unused;
  if (last % lowestUsed !== 0 || (last & lowestUsed) === 0)
    throw new UntrustedError("DER_BIT_STRING_REFUSED");
  return high * 256 + low;
}

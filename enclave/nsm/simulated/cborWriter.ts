import { concatBytes, utf8 } from "#protocol/bytes.ts";

/** A value as bytes of CBOR. */
export type Cbor = Uint8Array;

const indefiniteMap = Uint8Array.of(0xbf);
const breakMark = Uint8Array.of(0xff);

/** The shortest head of `major` with `argument` (RFC 8949 section 3). */
function encodeHead(major: number, argument: number): Cbor {
  const initial = major << 5;
  if (argument < 24) return Uint8Array.of(initial | argument);
  const size = [1, 2, 4, 8].find((bytes) => argument < 256 ** bytes) ?? 8;
  const digits = argument.toString(16).padStart(2 * size, "0");
  return Uint8Array.of(initial | (24 + Math.log2(size)), ...Buffer.from(digits, "hex"));
}

/** An unsigned integer, at most 2^53 - 1. */
export function encodeUnsigned(value: number): Cbor {
  return encodeHead(0, value);
}

/** A byte string, or null. */
export function encodeBytes(value: Uint8Array | null): Cbor {
  return value === null ? Uint8Array.of(0xf6) : concatBytes(encodeHead(2, value.length), value);
}

/** A text string. */
export function encodeText(value: string): Cbor {
  const bytes = utf8(value);
  return concatBytes(encodeHead(3, bytes.length), bytes);
}

/** An array of encoded items. */
export function encodeArray(items: readonly Cbor[]): Cbor {
  return concatBytes(encodeHead(4, items.length), ...items);
}

/** A map of encoded keys and values, in the order given. */
export function encodeMap(entries: readonly (readonly [Cbor, Cbor])[]): Cbor {
  return concatBytes(encodeHead(5, entries.length), ...entries.flat());
}

/** The same, with its length left open, as newer Nitro firmware writes the payload. */
export function encodeIndefiniteMap(entries: readonly (readonly [Cbor, Cbor])[]): Cbor {
  return concatBytes(indefiniteMap, ...entries.flat(), breakMark);
}

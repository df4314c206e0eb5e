import { concatBytes } from "#protocol/bytes.ts";

/** A DER writer just large enough for test certificates and signatures. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  const { length } = content;
  const lengthBytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.of(tag, ...lengthBytes), content);
}

/** A positive INTEGER of fixed-width `magnitude`. */
export function derInteger(magnitude: Uint8Array): Uint8Array {
  const start = magnitude.findIndex((byte) => byte !== 0);
  const short = start === -1 ? Uint8Array.of(0) : magnitude.slice(start);
  return der(0x02, (short[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), short) : short);
}

/** The DER form of a fixed-width r || s signature. */
export function derSignature(fixed: Uint8Array): Uint8Array {
  const width = fixed.length / 2;
  return der(0x30, derInteger(fixed.slice(0, width)), derInteger(fixed.slice(width)));
}

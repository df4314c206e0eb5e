import { concatBytes } from "#protocol/bytes.ts";

const tagSequence = 0x30;
const tagInteger = 0x02;

/** The contents of a DER element with tag `tag` and short or one-byte-long length, and what follows it. */
function readElement(bytes: Uint8Array, tag: number): readonly [Uint8Array, Uint8Array] | undefined {
  const [first, second, third] = bytes;
  if (first !== tag || second === undefined) return undefined;
  const isLong = second === 0x81;
  const length = isLong ? third : second;
  // DER: the long form only where the short one does not do.
  if (length === undefined || (isLong ? length < 0x80 : length >= 0x80)) return undefined;
  const start = isLong ? 3 : 2;
  if (bytes.length < start + length) return undefined;
  return [bytes.subarray(start, start + length), bytes.subarray(start + length)];
}

/** A positive INTEGER in its shortest form, as `width` bytes. */
function fixedInteger(content: Uint8Array, width: number): Uint8Array | undefined {
  const [first, second] = content;
  if (first === undefined || first >= 0x80) return undefined;
  if (first === 0 && (second === undefined || second < 0x80)) return undefined;
  const magnitude = first === 0 ? content.subarray(1) : content;
  if (magnitude.length > width) return undefined;
  return concatBytes(new Uint8Array(width - magnitude.length), magnitude);
}

/**
 * Turns a DER `ECDSA-Sig-Value` (RFC 3279 §2.2.3), as TLS carries it, into the fixed-width r || s that
 * WebCrypto verifies. Strict: shortest lengths and integers, both positive, nothing trailing; undefined
 * otherwise. That r and s are below the group order is checked by the verification.
 * @param width - bytes of the group order: 32 for P-256, 48 for P-384
 */
export function parseEcdsaSignature(der: Uint8Array, width: number): Uint8Array | undefined {
  const sequence = readElement(der, tagSequence);
  if (sequence === undefined || sequence[1].length !== 0) return undefined;
  const r = readElement(sequence[0], tagInteger);
  if (r === undefined) return undefined;
  const s = readElement(r[1], tagInteger);
  if (s === undefined || s[1].length !== 0) return undefined;
  const fixedR = fixedInteger(r[0], width);
  const fixedS = fixedInteger(s[0], width);
  return fixedR === undefined || fixedS === undefined ? undefined : concatBytes(fixedR, fixedS);
}

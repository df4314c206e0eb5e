import { concatBytes } from "#protocol/bytes.ts";
import { encodeUint } from "./wire.ts";

/** ContentType values (RFC 8446 §5.1). */
export const contentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const;

/** Bytes of a record before its fragment. */
export const recordHeaderBytes = 5;

/** Encodes a record header; legacy_record_version is fixed (RFC 8446 §5.1). */
export function encodeRecordHeader(type: number, length: number): Uint8Array {
  return concatBytes(encodeUint(type, 1), encodeUint(0x0303, 2), encodeUint(length, 2));
}

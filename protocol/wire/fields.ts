import { z } from "zod";
import type { Address, Hex } from "../bytes.ts";
import { maxEndpointLength } from "./limits.ts";

const maxUint256 = 2n ** 256n - 1n;

/** Bytes, on the wire and parsed. */
export type BytesField = z.ZodType<Uint8Array, Uint8Array>;

/** Exactly `length` bytes. */
export function bytesOf(length: number): BytesField {
  return z.instanceof(Uint8Array).refine((bytes) => bytes.length === length);
}

/** At most `length` bytes. */
export function bytesUpTo(length: number): BytesField {
  return z.instanceof(Uint8Array).refine((bytes) => bytes.length <= length);
}

/** A 20-byte address: lower-case hex with 0x. */
export const addressField = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text) => text as Address);

/** 32 bytes in lower-case hex with 0x. */
export const bytes32Field = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hex);

/** A 4-byte function selector in lower-case hex with 0x. */
export const selectorField = z
  .string()
  .regex(/^0x[0-9a-f]{8}$/)
  .transform((text) => text as Hex);

/** An unsigned integer up to 256 bits: decimal text on the wire, because CBOR integers end at 64 bits. */
export const uintField = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/)
  .transform(BigInt)
  .refine((value) => value <= maxUint256);

/** Seconds since 1970, 40 bits. */
export const secondsField = z
  .number()
  .int()
  .min(0)
  .max(2 ** 40 - 1);

/** An EIP-155 chain id. */
export const chainIdField = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A WebSocket URL of a relay; which hosts are allowed is the client's policy. */
export const endpointField = z
  .string()
  .max(maxEndpointLength)
  .regex(/^wss?:\/\//);

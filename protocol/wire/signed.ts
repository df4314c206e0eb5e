import { z } from "zod";
import { toHex } from "../bytes.ts";
import { bytesFromHex } from "../bytes.ts";
import type { OracleCertificate, SignedResult } from "../eip712.ts";
import { InternalError } from "../errors.ts";
import { addressField, bytes32Field, bytesOf, bytesUpTo, secondsField, uintField } from "./fields.ts";
import { maxCallBytes } from "./limits.ts";

/** `OracleCertificate` (EIP-712) on the wire; parses into the struct. */
export const certificateSchema = z.strictObject({
  oracle: addressField,
  provider: addressField,
  image: bytes32Field,
  onlyOracleHash: bytes32Field,
  oraclePrice: uintField,
  registryPrice: uintField,
  notBefore: secondsField,
  notAfter: secondsField,
}) satisfies z.ZodType<OracleCertificate>;

/** `Result` (EIP-712) on the wire; parses into the struct. */
export const resultSchema = z.strictObject({
  user: addressField,
  target: addressField,
  oracleHash: bytes32Field,
  registry: addressField,
  nonce: uintField,
  startedAt: secondsField,
  signedAt: secondsField,
  deadline: secondsField,
  value: uintField,
  call: bytesUpTo(maxCallBytes).transform(toHex),
}) satisfies z.ZodType<SignedResult>;

/** A 65-byte secp256k1 signature (r, s, v). */
export const signatureField = bytesOf(65);

/** Encodes a certificate for the wire; inverse of {@link certificateSchema}. */
export function encodeCertificate(certificate: OracleCertificate): z.input<typeof certificateSchema> {
  const { oraclePrice, registryPrice } = certificate;
  return { ...certificate, oraclePrice: oraclePrice.toString(), registryPrice: registryPrice.toString() };
}

/** Encodes a result for the wire; inverse of {@link resultSchema}. */
export function encodeResult(result: SignedResult): z.input<typeof resultSchema> {
  const call = bytesFromHex(result.call);
  if (call === undefined) throw new InternalError("INTERNAL", { expected: "hex calldata" });
  return { ...result, nonce: result.nonce.toString(), value: result.value.toString(), call };
}

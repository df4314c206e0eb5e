import { z } from "zod";
import { bytesFromHex, toHex, type Hex } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { addressField, bytes32Field, chainIdField, selectorField, uintField } from "#protocol/wire/fields.ts";
import { maxCallBytes, maxDocumentBytes } from "#protocol/wire/limits.ts";
import { certificateSchema, encodeCertificate, resultSchema } from "#protocol/wire/signed.ts";
import { verifyResultParts, type VerifiedResult } from "./result.ts";

function hexUpTo(maxBytes: number): z.ZodType<Hex> {
  return z.custom<Hex>(
    (value) =>
      typeof value === "string" && /^0x([0-9a-f]{2})*$/.test(value) && value.length <= 2 + 2 * maxBytes,
  );
}

const signatureHex = hexUpTo(65);
const callSchema = z.strictObject({
  chainId: chainIdField,
  hub: addressField,
  target: addressField,
  functionSignature: z.string().max(1_024),
  selector: selectorField,
  oracleHash: bytes32Field,
  user: addressField,
  valueWei: uintField,
  maxPaymentWei: uintField,
});
const recordSchema = z.strictObject({
  version: z.literal(1),
  call: callSchema,
  identity: z.strictObject({
    signer: addressField,
    provider: addressField,
    image: bytes32Field,
    registry: addressField,
  }),
  result: resultSchema.extend({ call: hexUpTo(maxCallBytes) }),
  signature: signatureHex,
  certificate: certificateSchema,
  registrySignature: signatureHex,
  document: hexUpTo(maxDocumentBytes),
});

/** A verified result as it is stored: plain JSON. */
export type ResultRecord = z.input<typeof recordSchema>;

function bytesOfHex(hex: Hex): Uint8Array {
  return bytesFromHex(hex) ?? new Uint8Array(0);
}

/** Encodes a verified result for storage; {@link decodeResultRecord} is its inverse. */
export function encodeResultRecord(verified: VerifiedResult): ResultRecord {
  const { call, identity, result, signature, certificate, registrySignature, document } = verified;
  return {
    version: 1,
    call: { ...call, valueWei: call.valueWei.toString(), maxPaymentWei: call.maxPaymentWei.toString() },
    identity,
    result: { ...result, nonce: result.nonce.toString(), value: result.value.toString() },
    signature: toHex(signature),
    certificate: encodeCertificate(certificate),
    registrySignature: toHex(registrySignature),
    document: toHex(document),
  };
}

/**
 * Reads what storage holds and verifies all of it again but the clock: an expired result can still be shown as such.
 * @throws UntrustedError RESULT_RECORD_MALFORMED, and as `verifyResultParts`
 */
export async function decodeResultRecord(json: unknown): Promise<VerifiedResult> {
  const parsed = recordSchema.safeParse(json);
  if (!parsed.success) throw new UntrustedError("RESULT_RECORD_MALFORMED", { cause: parsed.error });
  const { version: _version, signature, registrySignature, document, ...rest } = parsed.data;
  return verifyResultParts({
    ...rest,
    signature: bytesOfHex(signature),
    registrySignature: bytesOfHex(registrySignature),
    document: bytesOfHex(document),
  });
}

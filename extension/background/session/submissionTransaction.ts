import { toHex } from "#protocol/bytes.ts";
import { encodeSubmission, needsCertificate, type KnownOracle } from "#protocol/submission.ts";
import type { ApprovedTransaction } from "../chain/transaction.ts";
import type { VerifiedResult } from "./result.ts";

/**
 * The one transaction that submits a verified result, from its user to the Hub, with at most the payment agreed to.
 * `known`: what the Hub remembers of the oracle, which decides whether the certificate goes along.
 */
export function createSubmissionTransaction(
  verified: VerifiedResult,
  known: KnownOracle,
): ApprovedTransaction {
  const { call, result, signature, certificate, registrySignature } = verified;
  const proof = { certificate, registrySignature: toHex(registrySignature) };
  const input = encodeSubmission({
    result,
    signature: toHex(signature),
    maxPaymentWei: call.maxPaymentWei,
    proof: needsCertificate(known, result) ? proof : undefined,
  });
  return { chainId: call.chainId, from: call.user, to: call.hub, input, valueWei: result.value };
}

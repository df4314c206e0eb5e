import type { Hex } from "#protocol/bytes.ts";
import { hubDomain, resultDigest, type SignedResult } from "#protocol/eip712.ts";
import { TransportError, UntrustedError } from "#protocol/errors.ts";
import { submissionCost, type SubmissionCost } from "#protocol/price.ts";
import { decodeCall, type CallArgument } from "#protocol/submission.ts";
import {
  verifyCertificate,
  verifyCertificateTime,
  type AttestedIdentity,
  type CertificateClaim,
} from "./certificate.ts";
import { requireEqual } from "./equality.ts";
import type { AttestedOracle } from "./oracleChannel.ts";
import type { ApprovedCall } from "./request.ts";
import { recoverSigner } from "./signature.ts";

/** Everything that a stored result is verified from again. Signatures of 65 bytes. */
export interface ResultParts extends CertificateClaim {
  readonly call: ApprovedCall;
  readonly identity: AttestedIdentity;
  readonly result: SignedResult;
  readonly signature: Uint8Array;
  /** The document that attested the oracle, for whoever wants to verify it later. */
  readonly document: Uint8Array;
}

declare const verified: unique symbol;

/** A result that is what the person approved, signed by the attested oracle. Made by this file alone. */
export interface VerifiedResult extends ResultParts {
  readonly [verified]: true;
  /** EIP-712 digest, the name under which the Hub reports it. */
  readonly digest: Hex;
  readonly arguments: readonly CallArgument[];
  readonly cost: SubmissionCost;
}

async function requireSigner({ call, identity, result, signature }: ResultParts): Promise<Hex> {
  const digest = resultDigest(hubDomain(call.chainId, call.hub), result);
  const recovered = recoverSigner(digest, signature);
  if (recovered === undefined) throw new UntrustedError("RESULT_SIGNATURE_INVALID");
  requireEqual("RESULT_SIGNER_MISMATCH", identity.signer, recovered);
  return digest;
}

function requireApproved({ call, identity, result }: ResultParts): void {
  requireEqual("RESULT_TARGET_MISMATCH", call.target, result.target);
  requireEqual("RESULT_SELECTOR_MISMATCH", call.selector, result.call.slice(0, 10));
  requireEqual("RESULT_USER_MISMATCH", call.user, result.user);
  requireEqual("RESULT_SCRIPT_MISMATCH", call.oracleHash, result.oracleHash);
  requireEqual("RESULT_REGISTRY_MISMATCH", identity.registry, result.registry);
  if (result.value > call.valueWei) {
    throw new UntrustedError("RESULT_VALUE_ABOVE_CONSENT", {
      expected: `at most ${String(call.valueWei)}`,
      actual: String(result.value),
    });
  }
}

function requireTimes({ startedAt, signedAt, deadline }: SignedResult, notAfter: number): void {
  const times = { expected: "started, signed, deadline", actual: [startedAt, signedAt, deadline].join(", ") };
  if (!(startedAt <= signedAt && signedAt <= deadline))
    throw new UntrustedError("RESULT_TIMES_DISORDERED", times);
  if (deadline > notAfter) {
    throw new UntrustedError("RESULT_DEADLINE_AFTER_CERTIFICATE", {
      expected: `at most ${String(notAfter)}`,
      actual: String(deadline),
    });
  }
}

/**
 * Everything about a result that does not depend on the clock.
 * @throws UntrustedError RESULT_SIGNATURE_INVALID, RESULT_SIGNER_MISMATCH (also for another chain or Hub, which the
 * signature covers), RESULT_TARGET_MISMATCH, RESULT_SELECTOR_MISMATCH, RESULT_USER_MISMATCH, RESULT_SCRIPT_MISMATCH,
 * RESULT_REGISTRY_MISMATCH, RESULT_VALUE_ABOVE_CONSENT, RESULT_TIMES_DISORDERED, RESULT_DEADLINE_AFTER_CERTIFICATE,
 * RESULT_ARGUMENTS_MALFORMED, and as {@link verifyCertificate}
 */
export async function verifyResultParts(parts: ResultParts): Promise<VerifiedResult> {
  const { call, identity, result, certificate } = parts;
  const digest = await requireSigner(parts);
  requireApproved(parts);
  await verifyCertificate(parts, identity, call);
  requireTimes(result, certificate.notAfter);
  const facts = {
    ...parts,
    digest,
    arguments: decodeCall(call.functionSignature, result.call),
    cost: submissionCost(certificate),
  };
  return Object.freeze(facts) as typeof facts & VerifiedResult;
}

/** True once the Hub would refuse the result for its deadline. */
export function isExpired({ result }: Pick<VerifiedResult, "result">, nowMs: number): boolean {
  return Math.floor(nowMs / 1000) > result.deadline;
}

/** The newest certificate may run longer than the one of the handshake; its prices were fixed at the oracle's boot. */
function requirePrices({ certificate }: CertificateClaim, attested: CertificateClaim): void {
  const text = ({ oraclePrice, registryPrice }: CertificateClaim["certificate"]): string =>
    `${String(oraclePrice)} + ${String(registryPrice)}`;
  requireEqual("RESULT_PRICES_CHANGED", text(attested.certificate), text(certificate));
}

/** What the enclave sent at the end. */
export interface ResultClaim extends CertificateClaim {
  readonly result: SignedResult;
  readonly signature: Uint8Array;
}

/**
 * Verifies what an attested oracle sent as its result, before anything is stored.
 * @throws UntrustedError as {@link verifyResultParts}, RESULT_PRICES_CHANGED, SESSION_CERTIFICATE_NOT_YET_VALID,
 * SESSION_CERTIFICATE_EXPIRED; TransportError RESULT_EXPIRED
 */
export async function verifyResult(
  { result, signature, certificate, registrySignature }: ResultClaim,
  approved: { readonly call: ApprovedCall; readonly oracle: AttestedOracle; readonly document: Uint8Array },
  nowMs: number,
): Promise<VerifiedResult> {
  const { oracle, document } = approved;
  const { signer, provider, image, registry } = oracle;
  const identity = { signer, provider, image, registry };
  const call = pickCall(approved.call);
  const parts = { call, identity, result, signature, certificate, registrySignature, document };
  const verifiedResult = await verifyResultParts(parts);
  requirePrices(parts, oracle);
  verifyCertificateTime(certificate, nowMs);
  if (isExpired(verifiedResult, nowMs)) throw new TransportError("RESULT_EXPIRED");
  return verifiedResult;
}

/** The approved facts alone, without the folder. */
function pickCall(call: ApprovedCall): ApprovedCall {
  const { chainId, hub, target, functionSignature, selector, oracleHash, user, valueWei, maxPaymentWei } =
    call;
  return { chainId, hub, target, functionSignature, selector, oracleHash, user, valueWei, maxPaymentWei };
}

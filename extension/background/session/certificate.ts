import { certificateDigest, hubDomain, type OracleCertificate } from "#protocol/eip712.ts";
import type { Address, Hex } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { submissionCost } from "#protocol/price.ts";
import { requireEqual } from "./equality.ts";
import { certificateBounds } from "./limits.ts";
import type { ApprovedCall } from "./request.ts";
import { recoverSigner } from "./signature.ts";

/** An oracle's certificate with the signature of a registry, not yet believed. */
export interface CertificateClaim {
  readonly certificate: OracleCertificate;
  readonly registrySignature: Uint8Array;
}

/** What an oracle's own document says, and which registry's CA issued its leaf. */
export interface AttestedIdentity {
  readonly signer: Address;
  readonly provider: Address;
  readonly image: Hex;
  readonly registry: Address;
}

/** Any script, in `onlyOracleHash`. */
const anyScript = `0x${"0".repeat(64)}`;

/**
 * Holds a certificate against the oracle's document, the registry and what the person approved; the clock apart.
 * @throws UntrustedError SESSION_CERTIFICATE_SIGNATURE_INVALID, SESSION_CERTIFICATE_REGISTRY_MISMATCH,
 * SESSION_SIGNER_CERTIFICATE_MISMATCH, SESSION_PROVIDER_MISMATCH, SESSION_IMAGE_MISMATCH,
 * SESSION_CERTIFICATE_LIFETIME, SESSION_CERTIFICATE_OTHER_SCRIPT, SESSION_PRICE_ABOVE_CAP
 */
export async function verifyCertificate(
  { certificate, registrySignature }: CertificateClaim,
  identity: AttestedIdentity,
  call: ApprovedCall,
): Promise<void> {
  const digest = certificateDigest(hubDomain(call.chainId, call.hub), certificate);
  const recovered = recoverSigner(digest, registrySignature);
  if (recovered === undefined) throw new UntrustedError("SESSION_CERTIFICATE_SIGNATURE_INVALID");
  requireEqual("SESSION_CERTIFICATE_REGISTRY_MISMATCH", identity.registry, recovered);
  requireEqual("SESSION_SIGNER_CERTIFICATE_MISMATCH", identity.signer, certificate.oracle);
  requireEqual("SESSION_PROVIDER_MISMATCH", identity.provider, certificate.provider);
  requireEqual("SESSION_IMAGE_MISMATCH", identity.image, certificate.image);
  requireLifetime(certificate);
  requireScript(certificate, call);
  requireCap(certificate, call);
}

function requireLifetime({ notBefore, notAfter }: OracleCertificate): void {
  const lifetimeSec = notAfter - notBefore;
  if (lifetimeSec < 0 || lifetimeSec > certificateBounds.lifetimeSec) {
    throw new UntrustedError("SESSION_CERTIFICATE_LIFETIME", {
      expected: `0 to ${String(certificateBounds.lifetimeSec)} s`,
      actual: `${String(lifetimeSec)} s`,
    });
  }
}

function requireScript({ onlyOracleHash }: OracleCertificate, { oracleHash }: ApprovedCall): void {
  if (onlyOracleHash !== anyScript) {
    requireEqual("SESSION_CERTIFICATE_OTHER_SCRIPT", oracleHash, onlyOracleHash);
  }
}

function requireCap(certificate: OracleCertificate, { maxPaymentWei }: ApprovedCall): void {
  const { totalWei } = submissionCost(certificate);
  if (totalWei > maxPaymentWei) {
    throw new UntrustedError("SESSION_PRICE_ABOVE_CAP", {
      expected: `at most ${String(maxPaymentWei)}`,
      actual: String(totalWei),
    });
  }
}

/**
 * Holds a certificate against the clock, as the Hub does.
 * @throws UntrustedError SESSION_CERTIFICATE_NOT_YET_VALID, SESSION_CERTIFICATE_EXPIRED
 */
export function verifyCertificateTime({ notBefore, notAfter }: OracleCertificate, nowMs: number): void {
  const nowSec = Math.floor(nowMs / 1000);
  if (notBefore > nowSec + certificateBounds.aheadSec)
    throw new UntrustedError("SESSION_CERTIFICATE_NOT_YET_VALID");
  if (nowSec > notAfter) throw new UntrustedError("SESSION_CERTIFICATE_EXPIRED");
}

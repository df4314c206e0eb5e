import { hexFromBytes } from "#protocol/bytes.ts";
import { requireEqual } from "./equality.ts";
import type { Attestation } from "./peer.ts";

function pcrText({ pcrs }: Attestation): string {
  return [...pcrs]
    .sort(([a], [b]) => a - b)
    .map(([index, pcr]) => `${String(index)}:${hexFromBytes(pcr)}`)
    .join(" ");
}

/**
 * Holds that a new document is of the same enclave as the one before. Leaf, CA and connection are the same already:
 * both documents were verified against them.
 * @throws UntrustedError SESSION_REATTEST_MODULE_CHANGED, SESSION_REATTEST_SIGNER_CHANGED,
 * SESSION_REATTEST_PROVIDER_CHANGED, SESSION_REATTEST_PCRS_CHANGED
 */
export function requireUnchanged(before: Attestation, now: Attestation): void {
  requireEqual("SESSION_REATTEST_MODULE_CHANGED", before.moduleId, now.moduleId);
  requireEqual("SESSION_REATTEST_SIGNER_CHANGED", before.statement.signer, now.statement.signer);
  requireEqual("SESSION_REATTEST_PROVIDER_CHANGED", before.statement.provider, now.statement.provider);
  requireEqual("SESSION_REATTEST_PCRS_CHANGED", pcrText(before), pcrText(now));
}

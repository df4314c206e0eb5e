import { hexFromBytes } from "#protocol/bytes.ts";
import type { Attestation } from "./peer.ts";
import type { SessionPorts } from "./ports.ts";

/** What a verified document shows to a person. */
export function attestationEvidence(
  { moduleId, release, statement, image, timestampMs, pcrs }: Attestation,
  { trust }: Pick<SessionPorts, "trust">,
): Readonly<Record<string, string>> {
  return {
    moduleId,
    pcr0: hexFromBytes(pcrs.get(0) ?? new Uint8Array(0)),
    release: release.release,
    image,
    signer: statement.signer,
    provider: statement.provider,
    attestedAtMs: String(timestampMs),
    simulated: String(trust.kind === "development"),
  };
}

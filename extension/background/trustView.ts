import { hexFromBytes } from "#protocol/bytes.ts";
import { hashAllowlist } from "#protocol/trust/allowlist.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import type { TrustView } from "#messages/view.ts";

/** The trust page: everything compiled in. */
export async function readTrustView({ rootDer, allowlist, chains }: TrustConfig): Promise<TrustView> {
  return {
    rootFingerprint: hexFromBytes(await sha256(rootDer)),
    allowlistHash: await hashAllowlist(allowlist),
    entries: allowlist.entries,
    chains,
  };
}

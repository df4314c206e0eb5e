import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesFromHex } from "../bytes.ts";
import { UntrustedError } from "../errors.ts";
import { canonicalAllowlist, parseAllowlist, type Allowlist } from "./allowlist.ts";
import type { Maintainers } from "./maintainers.ts";

/** A maintainer's signature over the canonical form of an allowlist. */
export interface AllowlistSignature {
  /** Ed25519 public key, 32 bytes in hex. */
  readonly publicKey: string;
  /** Ed25519 signature, 64 bytes in hex. */
  readonly signature: string;
}

function isSignedBy(
  message: Uint8Array,
  publicKey: string,
  signatures: readonly AllowlistSignature[],
): boolean {
  const key = bytesFromHex(publicKey);
  return signatures.some((candidate) => {
    const signature = bytesFromHex(candidate.signature);
    if (candidate.publicKey !== publicKey || key?.length !== 32 || signature?.length !== 64) return false;
    return ed25519.verify(signature, message, key, { zip215: false });
  });
}

/**
 * Parses an allowlist and demands that enough different pinned maintainers have signed its canonical form.
 * @throws UsageError as {@link parseAllowlist}
 * @throws UntrustedError ALLOWLIST_THRESHOLD_TOO_LOW, ALLOWLIST_SIGNATURES_MISSING
 */
export function verifySignedAllowlist(
  json: unknown,
  signatures: readonly AllowlistSignature[],
  maintainers: Maintainers,
): Allowlist {
  const { threshold, members } = maintainers;
  if (!(threshold >= 2))
    throw new UntrustedError("ALLOWLIST_THRESHOLD_TOO_LOW", { actual: String(threshold) });
  const allowlist = parseAllowlist(json);
  const message = canonicalAllowlist(allowlist);
  const keys = new Set(members.map((member) => member.publicKey));
  const signed = [...keys].filter((publicKey) => isSignedBy(message, publicKey, signatures)).length;
  if (signed < threshold) {
    throw new UntrustedError("ALLOWLIST_SIGNATURES_MISSING", {
      expected: String(threshold),
      actual: String(signed),
    });
  }
  return allowlist;
}

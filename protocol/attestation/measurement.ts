import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes, hexFromBytes, toHex, type Hex } from "../bytes.ts";
import { UntrustedError } from "../errors.ts";
import type { Allowlist, AllowlistEntry } from "../trust/allowlist.ts";
import type { Role } from "../userData.ts";

/** PCR0, PCR1 and PCR2: what runs in the enclave. 48 bytes each. */
export type Measurement = readonly [Uint8Array, Uint8Array, Uint8Array];

/**
 * The three registers that measure an image.
 * @throws UntrustedError ATTESTATION_PCR_MISSING, ATTESTATION_DEBUG_ENCLAVE where one is zero: the console of
 * such an enclave is open to its host
 */
export function readMeasurement(pcrs: ReadonlyMap<number, Uint8Array>): Measurement {
  const [pcr0, pcr1, pcr2] = [0, 1, 2].map((index) => pcrs.get(index));
  if (pcr0 === undefined || pcr1 === undefined || pcr2 === undefined) {
    throw new UntrustedError("ATTESTATION_PCR_MISSING");
  }
  const measurement = [pcr0, pcr1, pcr2] as const;
  const isDebug = measurement.some((pcr) => pcr.every((byte) => byte === 0));
  if (isDebug) throw new UntrustedError("ATTESTATION_DEBUG_ENCLAVE");
  return measurement;
}

/** The name of an image on chain: keccak256(PCR0 || PCR1 || PCR2). */
export function hashImage(measurement: Measurement): Hex {
  return toHex(keccak_256(concatBytes(...measurement)));
}

function findEntry({ entries }: Allowlist, measurement: Measurement): AllowlistEntry {
  if (entries.length === 0) throw new UntrustedError("ATTESTATION_ALLOWLIST_EMPTY");
  const [pcr0, pcr1, pcr2] = measurement.map(hexFromBytes);
  const entry = entries.find((known) => known.pcr0 === pcr0 && known.pcr1 === pcr1 && known.pcr2 === pcr2);
  if (entry === undefined) {
    throw new UntrustedError("ATTESTATION_PCR_MISMATCH", {
      expected: entries.map((known) => known.pcr0).join(" or "),
      actual: `${pcr0}, ${pcr1}, ${pcr2}`,
    });
  }
  return entry;
}

/**
 * Finds the one active entry of `role` that all three registers equal.
 * @throws UntrustedError ATTESTATION_ALLOWLIST_EMPTY, ATTESTATION_PCR_MISMATCH, ATTESTATION_ROLE_MISMATCH,
 * ATTESTATION_RELEASE_NOT_ACTIVE, ATTESTATION_RELEASE_OUT_OF_TIME
 */
export function verifyRelease(
  measurement: Measurement,
  allowlist: Allowlist,
  { role, nowMs }: { readonly role: Role; readonly nowMs: number },
): AllowlistEntry {
  const entry = findEntry(allowlist, measurement);
  if (entry.role !== role) {
    throw new UntrustedError("ATTESTATION_ROLE_MISMATCH", { expected: role, actual: entry.role });
  }
  if (entry.status !== "active") {
    throw new UntrustedError("ATTESTATION_RELEASE_NOT_ACTIVE", { expected: "active", actual: entry.status });
  }
  const { validFrom, validUntil } = entry;
  if (!(Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validUntil))) {
    throw new UntrustedError("ATTESTATION_RELEASE_OUT_OF_TIME", {
      expected: `${validFrom} to ${validUntil}`,
    });
  }
  return entry;
}

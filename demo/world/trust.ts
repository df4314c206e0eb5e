import type { Hex } from "#protocol/bytes.ts";
import { concatBytes, toHex } from "#protocol/bytes.ts";
import { InternalError } from "#protocol/errors.ts";
import type { ChainTrust, TrustConfig } from "#protocol/trust/config.ts";
import type { Role } from "#protocol/userData.ts";
import { keccak256 } from "viem";
import { simulatedAllowlistEntry, simulatedPcrs } from "../../enclave/nsm/simulated/measurement.ts";

/** The image of simulated enclaves of `role`: keccak256(PCR0 || PCR1 || PCR2). */
export function simulatedImage(role: Role): Hex {
  const pcrs = simulatedPcrs(role);
  const measured = [0, 1, 2].map((index) => pcrs.get(index) ?? missing());
  return keccak256(toHex(concatBytes(...measured)));
}

function missing(): never {
  throw new InternalError("INTERNAL");
}

/** What a development build trusts: the simulated root of this machine, and one chain on it. */
export function createDevelopmentTrust(rootDer: Uint8Array, chain: ChainTrust): TrustConfig {
  return {
    kind: "development",
    rootDer,
    allowlist: { entries: [simulatedAllowlistEntry("oracle"), simulatedAllowlistEntry("registry")] },
    revokedCertificates: [],
    chains: [chain],
    endpointPolicy: "loopback",
  };
}

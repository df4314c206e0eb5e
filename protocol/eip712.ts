import { hashTypedData } from "viem";
import type { Address, Hex } from "./bytes.ts";

/** The EIP-712 domain of one Hub. */
export interface HubDomain {
  readonly name: "OpenContracts";
  readonly version: "1";
  readonly chainId: number;
  readonly verifyingContract: Address;
}

/**
 * A registry's word that `oracle` signs for an enclave running `image`. Prices in OPN base units, times in seconds,
 * `onlyOracleHash` zero for any script. Fields as in `contracts/interfaces/IOpenContracts.sol`.
 */
export interface OracleCertificate {
  readonly oracle: Address;
  readonly provider: Address;
  readonly image: Hex;
  readonly onlyOracleHash: Hex;
  readonly oraclePrice: bigint;
  readonly registryPrice: bigint;
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * A script's result as the oracle signs it. `nonce` is the oracle's sequence number, `value` is in wei, times are in
 * seconds by the enclave's clock, `call` is selector and arguments. Fields as in
 * `contracts/interfaces/IOpenContracts.sol`.
 */
export interface SignedResult {
  readonly user: Address;
  readonly target: Address;
  readonly oracleHash: Hex;
  readonly registry: Address;
  readonly nonce: bigint;
  readonly startedAt: number;
  readonly signedAt: number;
  readonly deadline: number;
  readonly value: bigint;
  readonly call: Hex;
}

/** EIP-712 types of {@link OracleCertificate}, in the order of the Solidity struct. */
export const oracleCertificateTypes = {
  OracleCertificate: [
    { name: "oracle", type: "address" },
    { name: "provider", type: "address" },
    { name: "image", type: "bytes32" },
    { name: "onlyOracleHash", type: "bytes32" },
    { name: "oraclePrice", type: "uint96" },
    { name: "registryPrice", type: "uint96" },
    { name: "notBefore", type: "uint40" },
    { name: "notAfter", type: "uint40" },
  ],
} as const;

/** EIP-712 types of {@link SignedResult}; the primary type is `Result`, as in Solidity. */
export const resultTypes = {
  Result: [
    { name: "user", type: "address" },
    { name: "target", type: "address" },
    { name: "oracleHash", type: "bytes32" },
    { name: "registry", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "startedAt", type: "uint40" },
    { name: "signedAt", type: "uint40" },
    { name: "deadline", type: "uint40" },
    { name: "value", type: "uint256" },
    { name: "call", type: "bytes" },
  ],
} as const;

/** The domain of the Hub at `hub` on chain `chainId`. */
export function hubDomain(chainId: number, hub: Address): HubDomain {
  return { name: "OpenContracts", version: "1", chainId, verifyingContract: hub };
}

/** The 32-byte EIP-712 digest a registry signs. */
export function certificateDigest(domain: HubDomain, certificate: OracleCertificate): Hex {
  return hashTypedData({
    domain,
    types: oracleCertificateTypes,
    primaryType: "OracleCertificate",
    message: certificate,
  });
}

/** The 32-byte EIP-712 digest an oracle signs. */
export function resultDigest(domain: HubDomain, result: SignedResult): Hex {
  return hashTypedData({ domain, types: resultTypes, primaryType: "Result", message: result });
}

import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { hexToBytes } from "viem";
import type { Address } from "#protocol/bytes.ts";
import {
  hubDomain,
  oracleCertificateTypes,
  resultTypes,
  type OracleCertificate,
  type SignedResult,
} from "#protocol/eip712.ts";

/** The Hub that a signature is good for. */
export interface HubName {
  readonly chainId: number;
  readonly hub: Address;
}

/**
 * An enclave's secp256k1 signer, made at boot; the key stays inside. It signs the two structures of the protocol and
 * nothing else: no caller ever hands it bytes.
 */
export interface EnclaveSigner {
  /** Lower-case. */
  readonly address: Address;
  /** 65 bytes r, s, v over an OracleCertificate (EIP-712). */
  signCertificate(hub: HubName, certificate: OracleCertificate): Promise<Uint8Array>;
  /** 65 bytes r, s, v over a Result (EIP-712). */
  signResult(hub: HubName, result: SignedResult): Promise<Uint8Array>;
}

/** Makes a signer. */
export function createSigner(): EnclaveSigner {
  const account = privateKeyToAccount(generatePrivateKey());
  return {
    address: account.address.toLowerCase() as Address,
    async signCertificate({ chainId, hub }, certificate) {
      const domain = hubDomain(chainId, hub);
      return hexToBytes(
        await account.signTypedData({
          domain,
          types: oracleCertificateTypes,
          primaryType: "OracleCertificate",
          message: certificate,
        }),
      );
    },
    async signResult({ chainId, hub }, result) {
      const domain = hubDomain(chainId, hub);
      return hexToBytes(
        await account.signTypedData({ domain, types: resultTypes, primaryType: "Result", message: result }),
      );
    },
  };
}

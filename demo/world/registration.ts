import { privateKeyToAccount } from "viem/accounts";
import type { Address, Hex } from "#protocol/bytes.ts";
import { bytesFromHex, equalBytes, toHex } from "#protocol/bytes.ts";
import { hubAbi } from "#protocol/abi/hub.ts";
import { verifyNitroAttestationAsOf } from "#protocol/attestation/nitro.ts";
import { InternalError, UntrustedError } from "#protocol/errors.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { identityNonce, readIdentityUserData } from "#protocol/userData.ts";
import type { DeployedSystem } from "../../contracts/deploy.ts";
import { createSimulatedHints } from "../../contracts/simulatedAttestation.ts";
import type { Sender } from "./market.ts";

/** A registry to be registered, and by whom. */
export interface Registration {
  /** The identity document as the enclave handed it to its host. */
  readonly documentHex: string;
  readonly endpoint: string;
  readonly provider: Address;
  /** Key whose endorsement the local chain's verifier believes. */
  readonly simulationKey: Hex;
}

/**
 * Registers a registry on the development chain. Its document passes the same TypeScript verifier as every other; the
 * local chain's contract cannot check P-384 signatures and believes this verification by an endorsement.
 */
export async function registerRegistry(
  sender: Sender,
  { system, trust }: { readonly system: DeployedSystem; readonly trust: TrustConfig },
  { documentHex, endpoint, provider, simulationKey }: Registration,
): Promise<Address> {
  const { chainId, hub, verifier } = system;
  const document = bytesFromHex(documentHex) ?? new Uint8Array();
  const { signer, attestation } = await verifyIdentity(document, system, trust);
  const hints = await createSimulatedHints(
    { document: toHex(document), attestation, chainId, verifier },
    privateKeyToAccount(simulationKey),
  );
  const contract = { address: hub, abi: hubAbi };
  await sender.send(provider, contract, { name: "registerRegistry", args: [toHex(document), hints] });
  await sender.send(provider, contract, { name: "setEndpoint", args: [signer, endpoint] });
  return signer;
}

async function verifyIdentity(document: Uint8Array, { chainId, hub }: DeployedSystem, trust: TrustConfig) {
  const facts = await verifyNitroAttestationAsOf(document, trust, Date.now());
  const nonce = identityNonce(chainId, hub);
  if (facts.userData === null || facts.nonce === null) throw new InternalError("INTERNAL");
  if (!equalBytes(facts.nonce, nonce)) throw new UntrustedError("ATTESTATION_NONCE_MISMATCH");
  const { signer } = readIdentityUserData(facts.userData, { role: "registry" });
  const attestation = {
    image: facts.image,
    timestampMs: BigInt(facts.timestampMs),
    userData: toHex(facts.userData),
    nonce: toHex(nonce),
  };
  return { signer, attestation };
}

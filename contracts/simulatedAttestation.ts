import type { Address, Hex } from "#protocol/bytes.ts";
import { encodeAbiParameters, keccak256 } from "viem";

/** What a verified document says, as `IAttestationVerifier` hands it to the Hub. `timestampMs` since 1970. */
export interface SimulatedAttestation {
  readonly image: Hex;
  readonly timestampMs: bigint;
  readonly userData: Hex;
  readonly nonce: Hex;
}

/** EIP-712 types of the endorsement that `SimulatedAttestationVerifier` believes. */
export const simulatedAttestationTypes = {
  SimulatedAttestation: [
    { name: "documentHash", type: "bytes32" },
    { name: "image", type: "bytes32" },
    { name: "timestampMs", type: "uint64" },
    { name: "userData", type: "bytes" },
    { name: "nonce", type: "bytes" },
  ],
} as const;

/** The EIP-712 message to be signed by the simulation key. */
export interface EndorsementMessage {
  readonly domain: {
    readonly name: "OpenContractsSimulation";
    readonly version: "1";
    readonly chainId: number;
    readonly verifyingContract: Address;
  };
  readonly types: typeof simulatedAttestationTypes;
  readonly primaryType: "SimulatedAttestation";
  readonly message: SimulatedAttestation & { readonly documentHash: Hex };
}

/** Who endorses: a viem local account fits. */
export interface SimulationSigner {
  signTypedData(message: EndorsementMessage): Promise<Hex>;
}

/** A document and where its endorsement will be checked. */
export interface Endorsement {
  readonly document: Hex;
  readonly attestation: SimulatedAttestation;
  readonly chainId: number;
  readonly verifier: Address;
}

const hintParameters = [
  {
    type: "tuple",
    components: [
      { name: "image", type: "bytes32" },
      { name: "timestampMs", type: "uint64" },
      { name: "userData", type: "bytes" },
      { name: "nonce", type: "bytes" },
    ],
  },
  { type: "bytes" },
] as const;

/**
 * Makes the `hints` of `registerRegistry` on the development chain: what `document` says, endorsed by the simulation
 * key. The caller has verified the document before; this function does not look into it.
 */
export async function createSimulatedHints(endorsement: Endorsement, signer: SimulationSigner): Promise<Hex> {
  const { document, attestation, chainId, verifier } = endorsement;
  const signature = await signer.signTypedData({
    domain: { name: "OpenContractsSimulation", version: "1", chainId, verifyingContract: verifier },
    types: simulatedAttestationTypes,
    primaryType: "SimulatedAttestation",
    message: { documentHash: keccak256(document), ...attestation },
  });
  return encodeAbiParameters(hintParameters, [attestation, signature]);
}

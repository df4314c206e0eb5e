import type { Address } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { verifyCaProfile, verifyLeafIssuedBy } from "#protocol/leafCertificate.ts";
import {
  registryReplySchema,
  type Quote,
  type RegistryReply,
  type RegistryRequestWire,
} from "#protocol/wire/registry.ts";
import type { ListedRegistry } from "../chain/reader.ts";
import {
  openAttestedChannel,
  unexpected,
  type AttestedChannel,
  type ChannelOptions,
  type PeerProfile,
} from "./attestedChannel.ts";
import { requireEqual } from "./equality.ts";
import { attestationEvidence } from "./evidence.ts";
import { sessionTimeouts } from "./limits.ts";
import type { Attestation } from "./peer.ts";
import type { SessionPorts } from "./ports.ts";
import { errorFromPeer } from "./peerFailure.ts";

/** What is known of a registry once it is attested. */
export interface AttestedRegistry {
  readonly signer: Address;
  readonly provider: Address;
  /** DER of its CA certificate: the issuer of its oracles' leaves. */
  readonly caDer: Uint8Array;
}

/** An attested connection to a registry. */
export type RegistryChannel = AttestedChannel<RegistryReply, RegistryRequestWire, AttestedRegistry>;

/** The entry of the Hub's list that the document's signer stands in. Its endpoint is nobody's word. */
function requireListed(listed: readonly ListedRegistry[], { statement, image }: Attestation): void {
  const entry = listed.find(({ signer }) => signer === statement.signer);
  if (entry === undefined)
    throw new UntrustedError("SESSION_REGISTRY_INACTIVE", { actual: statement.signer });
  requireEqual("SESSION_REGISTRY_PROVIDER_MISMATCH", entry.provider, statement.provider);
  requireEqual("SESSION_REGISTRY_IMAGE_MISMATCH", entry.image, image);
}

/**
 * Opens a channel to a registry. Its CA comes in the same message as its document, which names the CA's key: so the
 * leaf, which TLS has taken on its form alone, is held against that CA here.
 * @throws as {@link openAttestedChannel}; UntrustedError CA_*, LEAF_*, SESSION_REGISTRY_INACTIVE,
 * SESSION_REGISTRY_PROVIDER_MISMATCH, SESSION_REGISTRY_IMAGE_MISMATCH
 */
export function openRegistryChannel(
  listed: readonly ListedRegistry[],
  options: ChannelOptions,
  ports: SessionPorts,
): Promise<RegistryChannel> {
  const profile = {
    role: "registry",
    replies: registryReplySchema,
    verifyLeaf: () => Promise.resolve(),
    caSpki: async ({ caCertificate }, leaf) => {
      const ca = await verifyCaProfile(caCertificate, ports.nowMs());
      await verifyLeafIssuedBy(leaf, caCertificate);
      return ca.spki;
    },
    judge: async ({ caCertificate }, attestation) => {
      requireListed(listed, attestation);
      options.listener.onStep({
        name: "registry-attested",
        evidence: attestationEvidence(attestation, ports),
      });
      return { ...attestation.statement, caDer: caCertificate };
    },
  } satisfies PeerProfile<typeof registryReplySchema, AttestedRegistry>;
  return openAttestedChannel(profile, options, ports);
}

/**
 * Asks a registry for its live oracles. What it says of them is worth no more than a list of addresses to try.
 * @throws TransportError; UntrustedError SESSION_UNEXPECTED_MESSAGE
 */
export async function readQuotes(
  channel: RegistryChannel,
  { chainId, hub }: { readonly chainId: number; readonly hub: Address },
): Promise<readonly Quote[]> {
  await channel.send({ type: "quotes", chainId, hub });
  const reply = await channel.receive(sessionTimeouts.quotesMs);
  if (reply.type === "failed") throw errorFromPeer(reply);
  if (reply.type !== "quotes") throw unexpected(reply);
  return reply.quotes;
}

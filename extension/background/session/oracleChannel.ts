import { UntrustedError } from "#protocol/errors.ts";
import { verifyLeafIssuedBy } from "#protocol/leafCertificate.ts";
import { submissionCost } from "#protocol/price.ts";
import { oracleReplySchema, type OracleReply, type OracleRequestWire } from "#protocol/wire/session.ts";
import { parseCertificate } from "#protocol/x509.ts";
import {
  openAttestedChannel,
  type AttestedChannel,
  type ChannelOptions,
  type PeerProfile,
} from "./attestedChannel.ts";
import {
  verifyCertificate,
  verifyCertificateTime,
  type AttestedIdentity,
  type CertificateClaim,
} from "./certificate.ts";
import { attestationEvidence } from "./evidence.ts";
import type { SessionPorts } from "./ports.ts";
import type { AttestedRegistry } from "./registryChannel.ts";
import type { ApprovedCall } from "./request.ts";

/** What is known of an oracle once it is attested. */
export interface AttestedOracle extends AttestedIdentity, CertificateClaim {
  /** The enclave's own name in its document. */
  readonly moduleId: string;
}

/** An attested connection to an oracle. */
export type OracleChannel = AttestedChannel<OracleReply, OracleRequestWire, AttestedOracle>;

function reportOracle(
  { attestation, facts }: OracleChannel,
  { listener }: ChannelOptions,
  ports: SessionPorts,
): void {
  const { certificate, registry } = facts;
  listener.onStep({ name: "oracle-attested", evidence: attestationEvidence(attestation, ports) });
  listener.onStep({
    name: "oracle-certified",
    evidence: {
      registry,
      notAfterSec: String(certificate.notAfter),
      costWei: String(submissionCost(certificate).totalWei),
    },
  });
}

/**
 * Opens a channel to an oracle that `registry` vouches for, and holds all pieces of it against one another: the leaf
 * is of that registry's CA, already inside the handshake; signer, provider and image are the same in leaf, document and
 * certificate; that registry signed the certificate; the image is active on the Hub; the price is within the cap.
 * @throws as {@link openAttestedChannel}; UntrustedError LEAF_*, SESSION_IMAGE_INACTIVE, and as
 * {@link verifyCertificate} and {@link verifyCertificateTime}
 */
export async function openOracleChannel(
  { registry, call }: { readonly registry: AttestedRegistry; readonly call: ApprovedCall },
  options: ChannelOptions,
  ports: SessionPorts,
): Promise<OracleChannel> {
  const profile = {
    role: "oracle",
    replies: oracleReplySchema,
    verifyLeaf: (leaf) => verifyLeafIssuedBy(leaf, registry.caDer),
    caSpki: () => Promise.resolve(parseCertificate(registry.caDer).spki),
    judge: async ({ certificate, registrySignature }, { moduleId, image, statement }) => {
      const identity = { ...statement, image, registry: registry.signer };
      await verifyCertificate({ certificate, registrySignature }, identity, call);
      verifyCertificateTime(certificate, ports.nowMs());
      const isActive = await ports.chain.isActiveImage(image, "oracle");
      if (!isActive) throw new UntrustedError("SESSION_IMAGE_INACTIVE", { actual: image });
      return { ...identity, certificate, registrySignature, moduleId };
    },
  } satisfies PeerProfile<typeof oracleReplySchema, AttestedOracle>;
  const channel: OracleChannel = await openAttestedChannel(profile, options, ports);
  reportOracle(channel, options, ports);
  return channel;
}

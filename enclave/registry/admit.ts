import type { Hex } from "#protocol/bytes.ts";
import { nitroAttestation } from "#protocol/attestation/nitro.ts";
import type { AttestationTrust, VerifiedAttestation } from "#protocol/attestation/kind.ts";
import type { OracleCertificate } from "#protocol/eip712.ts";
import { UntrustedError, UsageError } from "#protocol/errors.ts";
import { certificateLifetimes } from "#protocol/leafCertificate.ts";
import { readEnrollUserData, type KeyHolders } from "#protocol/userData.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import { decodeMessage } from "#protocol/wire/framing.ts";
import {
  enrollBodySchema,
  type Certified,
  type EnrollBody,
  type RegistryRequest,
} from "#protocol/wire/registry.ts";
import { verifyCertificateRequest } from "../common/certificateRequest.ts";
import { secondsOf } from "../common/clock.ts";
import type { EnclaveSigner } from "../common/signer.ts";
import type { RegistryHostMessage } from "../common/hostMessage.ts";
import type { CertificateAuthority } from "./certificateAuthority.ts";

/** What the registry decides with. */
export interface AdmissionOffice {
  readonly trust: AttestationTrust;
  readonly authority: CertificateAuthority;
  readonly signer: EnclaveSigner;
  readonly hubs: RegistryHostMessage["hubs"];
}

/** The connection that an oracle enrolls on. */
export interface EnrollContext {
  /** The 32 bytes given to this connection for this one request. */
  readonly challenge: Uint8Array;
  /** This connection's exporter under the enroll label, context: the challenge. */
  readonly exporter: Uint8Array;
  readonly nowMs: number;
}

/** An oracle that has passed. */
export interface Admission {
  readonly signer: KeyHolders["signer"];
  readonly endpoint: string;
  readonly leafDer: Uint8Array;
  readonly certificates: readonly Certified[];
}

type EnrollRequest = Extract<RegistryRequest, { type: "enroll" }>;
type PricedHub = EnrollBody["prices"][number] & { readonly registryPrice: bigint };

const anyScript: Hex = `0x${"00".repeat(32)}`;
/** Certificates end half an hour before their longest life, like leaves. */
const certificateMs = certificateLifetimes.leafMs - 30 * 60_000;

/**
 * Verifies one oracle's request and certifies it: its TLS key by a leaf, its signer by an OracleCertificate per Hub.
 * @throws UntrustedError WIRE_MALFORMED, ENROLL_CSR_INVALID, ATTESTATION_*, USER_DATA_*;
 * UsageError SERVICE_HUB_UNKNOWN
 */
export async function admitOracle(
  office: AdmissionOffice,
  request: EnrollRequest,
  context: EnrollContext,
): Promise<Admission> {
  const body = decodeMessage(request.body, enrollBodySchema);
  const spki = await verifyCertificateRequest(body.csr);
  const attestation = await verifyOracle(office, request, { ...context, spki });
  const hubs = matchHubs(office, body);
  const { signer } = attestation.statement;
  const leafDer = await office.authority.issueLeaf({ spki, signer, role: "oracle" }, context.nowMs);
  const certificates = await Promise.all(
    hubs.map((hub) => certify(office.signer, hub, { attestation, nowMs: context.nowMs })),
  );
  return { signer, endpoint: body.endpoint, leafDer, certificates };
}

async function verifyOracle(
  { trust }: AdmissionOffice,
  { body, document }: EnrollRequest,
  { challenge, exporter, spki, nowMs }: EnrollContext & { readonly spki: Uint8Array },
): Promise<VerifiedAttestation<KeyHolders>> {
  const bodySha256 = await sha256(body);
  const expectation = {
    role: "oracle",
    nonce: challenge,
    publicKey: spki,
    readStatement: (userData: Uint8Array) => readEnrollUserData(userData, { bodySha256, exporter }),
  } as const;
  return nitroAttestation.verify(document, expectation, trust, nowMs);
}

function matchHubs({ hubs }: AdmissionOffice, { prices }: EnrollBody): readonly PricedHub[] {
  const names = new Set(prices.map(({ chainId, hub }) => `${String(chainId)} ${hub}`));
  if (names.size !== prices.length) throw new UntrustedError("WIRE_MALFORMED", { expected: "each Hub once" });
  return prices.map((price) => {
    const own = hubs.find(({ chainId, hub }) => chainId === price.chainId && hub === price.hub);
    if (own === undefined) {
      throw new UsageError("SERVICE_HUB_UNKNOWN", { actual: `${String(price.chainId)} ${price.hub}` });
    }
    return { ...price, registryPrice: own.registryPrice };
  });
}

async function certify(
  signer: EnclaveSigner,
  { chainId, hub, oraclePrice, registryPrice }: PricedHub,
  { attestation, nowMs }: { readonly attestation: VerifiedAttestation<KeyHolders>; readonly nowMs: number },
): Promise<Certified> {
  const notBeforeMs = nowMs - certificateLifetimes.backdateMs;
  const certificate: OracleCertificate = {
    oracle: attestation.statement.signer,
    provider: attestation.statement.provider,
    image: attestation.image,
    onlyOracleHash: anyScript,
    oraclePrice,
    registryPrice,
    notBefore: secondsOf(notBeforeMs),
    notAfter: secondsOf(notBeforeMs + certificateMs),
  };
  const registrySignature = await signer.signCertificate({ chainId, hub }, certificate);
  return { chainId, hub, certificate, registrySignature };
}

import { recoverAddress } from "viem";
import { equalBytes, toHex, type Address, type Hex } from "#protocol/bytes.ts";
import { certificateDigest, hubDomain } from "#protocol/eip712.ts";
import { UntrustedError } from "#protocol/errors.ts";
import {
  certificateLifetimes,
  parseLeafCertificate,
  verifyCaProfile,
  verifyLeafIssuedBy,
  verifyLeafProfile,
} from "#protocol/leafCertificate.ts";
import { encodeEnrollUserData, enrollExporterLabel, type KeyHolders } from "#protocol/userData.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import { encodeMessage } from "#protocol/wire/framing.ts";
import type { Certified, EnrollBodyWire, RegistryReply } from "#protocol/wire/registry.ts";
import { encodeCertificateRequest } from "../common/certificateRequest.ts";
import { secondsOf } from "../common/clock.ts";
import type { OracleHostMessage } from "../common/hostMessage.ts";
import type { IssuedCredentials } from "../common/sessionAttestation.ts";
import type { TlsKey } from "../common/tlsKey.ts";
import type { Nsm } from "../nsm/nsm.ts";
import type { RegistryLine } from "./registryLine.ts";

/** Who enrolls. */
export interface EnrollSubject extends KeyHolders {
  readonly nsm: Nsm;
  readonly tlsKey: TlsKey;
  /** keccak256(PCR0 || PCR1 || PCR2) of this enclave. */
  readonly image: Hex;
  readonly hubs: OracleHostMessage["hubs"];
}

/** What one registry has certified. */
export interface Enrollment extends IssuedCredentials {
  /** The registry's signer, recovered from its signatures. */
  readonly registry: Address;
  readonly certificates: readonly Certified[];
  /** When the first of leaf and certificates ends. */
  readonly notAfterSec: number;
}

type Enrolled = Extract<RegistryReply, { type: "enrolled" }>;
const lengthPrefixBytes = 4;

/**
 * Enrolls at the registry behind `line` and verifies what it gives.
 * @throws UntrustedError ENROLL_REFUSED, ENROLL_REPLY_MISMATCH, SERVICE_MESSAGE_ORDER, and codes of certificates
 */
export async function enroll(
  line: RegistryLine,
  subject: EnrollSubject,
  { endpoint, nowMs }: { readonly endpoint: string; readonly nowMs: () => number },
): Promise<Enrollment> {
  await line.messages.write({ type: "challenge" });
  const { challenge } = await readReply(line, "challenge");
  const body = encodeBody(subject, endpoint, await encodeCertificateRequest(subject.tlsKey));
  const exporter = line.exporter(enrollExporterLabel, challenge);
  const { signer, provider } = subject;
  const userData = encodeEnrollUserData({ bodySha256: await sha256(body), exporter, signer, provider });
  const document = await subject.nsm.attest({ publicKey: subject.tlsKey.spki, userData, nonce: challenge });
  await line.messages.write({ type: "enroll", body, document });
  return verifyEnrolled(await readReply(line, "enrolled"), subject, nowMs());
}

/** The CBOR of the body, as it will be hashed and sent. */
function encodeBody({ hubs }: EnrollSubject, endpoint: string, csr: Uint8Array): Uint8Array {
  const body: EnrollBodyWire = {
    csr,
    endpoint,
    prices: hubs.map(({ chainId, hub, oraclePrice }) => ({
      chainId,
      hub,
      oraclePrice: oraclePrice.toString(),
    })),
  };
  return encodeMessage(body).subarray(lengthPrefixBytes);
}

async function readReply<T extends "challenge" | "enrolled">(
  { messages }: RegistryLine,
  type: T,
): Promise<Extract<RegistryReply, { type: T }>> {
  const reply = await messages.read();
  const isWanted = (one: RegistryReply): one is Extract<RegistryReply, { type: T }> => one.type === type;
  if (reply !== null && isWanted(reply)) return reply;
  if (reply?.type === "failed") throw new UntrustedError("ENROLL_REFUSED", { actual: reply.code });
  throw new UntrustedError("SERVICE_MESSAGE_ORDER", { expected: type, actual: reply?.type ?? "end" });
}

/**
 * Holds that a registry has certified this enclave as it is: own key, signer, provider, image, prices, Hubs; one
 * registry; a leaf that the given CA has issued.
 * @throws UntrustedError ENROLL_REPLY_MISMATCH, and codes of certificates
 */
export async function verifyEnrolled(
  reply: Enrolled,
  subject: EnrollSubject,
  nowMs: number,
): Promise<Enrollment> {
  const ca = await verifyCaProfile(reply.caCertificate, nowMs);
  const leaf = parseLeafCertificate(reply.leaf);
  await verifyLeafIssuedBy(leaf, reply.caCertificate);
  const identity = verifyLeafProfile(leaf, { role: "oracle", nowMs });
  if (!equalBytes(identity.spki, subject.tlsKey.spki)) throw mismatch("key of the leaf");
  if (identity.signer !== subject.signer) throw mismatch("name of the leaf");
  if (reply.certificates.length !== subject.hubs.length) throw mismatch("number of Hubs");
  for (const hub of subject.hubs) verifyCertificate(reply.certificates, { hub, subject, nowMs });
  const ends = reply.certificates.map(({ certificate }) => certificate.notAfter);
  return {
    keyPem: subject.tlsKey.pem,
    leafDer: reply.leaf,
    caSpkiSha256: await sha256(ca.spki),
    registry: await recoverRegistry(reply.certificates),
    certificates: reply.certificates,
    notAfterSec: Math.min(secondsOf(leaf.notAfterMs), ...ends),
  };
}

function mismatch(expected: string): UntrustedError {
  return new UntrustedError("ENROLL_REPLY_MISMATCH", { expected });
}

function verifyCertificate(
  certificates: readonly Certified[],
  {
    hub,
    subject,
    nowMs,
  }: { readonly hub: EnrollSubject["hubs"][number]; readonly subject: EnrollSubject; readonly nowMs: number },
): void {
  const { certificate } =
    certificates.find((one) => one.chainId === hub.chainId && one.hub === hub.hub) ?? {};
  if (certificate === undefined) throw mismatch("a certificate per Hub");
  if (certificate.oracle !== subject.signer) throw mismatch("signer");
  if (certificate.provider !== subject.provider) throw mismatch("provider");
  if (certificate.image !== subject.image) throw mismatch("image");
  if (certificate.oraclePrice !== hub.oraclePrice) throw mismatch("price");
  if (BigInt(certificate.onlyOracleHash) !== 0n) throw mismatch("any script");
  const { notBefore, notAfter } = certificate;
  const nowSec = secondsOf(nowMs);
  const isTimely = notBefore <= nowSec && nowSec < notAfter;
  if (!isTimely || (notAfter - notBefore) * 1000 > certificateLifetimes.leafMs) throw mismatch("times");
}

async function recoverRegistry(certificates: readonly Certified[]): Promise<Address> {
  const signers = await Promise.all(
    certificates.map(async ({ chainId, hub, certificate, registrySignature }) => {
      const hash = certificateDigest(hubDomain(chainId, hub), certificate);
      try {
        return await recoverAddress({ hash, signature: toHex(registrySignature) });
      } catch (cause) {
        throw new UntrustedError("ENROLL_REPLY_MISMATCH", { expected: "a signature", cause });
      }
    }),
  );
  const [registry] = signers;
  if (registry === undefined || new Set(signers).size !== 1) throw mismatch("one registry signer");
  return registry.toLowerCase() as Address;
}

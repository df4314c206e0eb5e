import type { z } from "zod";
import { nitroAttestation } from "#protocol/attestation/nitro.ts";
import type { VerifiedAttestation } from "#protocol/attestation/kind.ts";
import { requireVerdict } from "#protocol/attestation/verdict.ts";
import type { ByteStream } from "#protocol/byteStream.ts";
import type { Address } from "#protocol/bytes.ts";
import { TransportError, UntrustedError } from "#protocol/errors.ts";
import { parseLeafCertificate, verifyLeafProfile, type LeafIdentity } from "#protocol/leafCertificate.ts";
import { readSessionUserData, sessionExporterLabel, type KeyHolders, type Role } from "#protocol/userData.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import { innerAlpn, innerServerName } from "#protocol/wire/limits.ts";
import { createMessageStream, type MessageStream } from "#protocol/wire/messageStream.ts";
import type { Certificate } from "#protocol/x509.ts";
import { openTls, type TlsConnection } from "../tls/connection.ts";
import { sessionOffer } from "../tls/suites.ts";
import { requireEndpoint } from "./endpointPolicy.ts";
import { sessionTimeouts } from "./limits.ts";
import type { SessionPorts } from "./ports.ts";
import { requireNotCancelled, waitFor } from "./waiting.ts";

/** A document of an enclave, verified for one connection. */
export type Attestation = VerifiedAttestation<KeyHolders>;

/** A message of which nothing is known but its type. */
export interface Message extends Readonly<Record<string, unknown>> {
  readonly type: string;
}

/** Where a connection leads, and for which Hub. */
export interface PeerAddress {
  readonly url: string;
  readonly chainId: number;
  readonly hub: Address;
}

/** Who is expected at the other end. */
export interface PeerExpectation<S extends z.ZodType> {
  readonly role: Role;
  /** What it may say. */
  readonly replies: S;
  /** Judges the leaf inside the handshake, as far as its issuer is known by then. @throws UntrustedError */
  verifyLeaf(leaf: Certificate): Promise<void>;
}

/** A document, the nonce it must carry, and the CA that it must name. */
export interface Proof {
  readonly document: Uint8Array;
  /** 32 bytes. */
  readonly nonce: Uint8Array;
  /** DER SPKI. */
  readonly caSpki: Uint8Array;
}

/**
 * The other end of an inner TLS connection that has proven nothing but its key. It can be asked who it is; to say
 * anything else to it takes a verdict.
 */
export interface Peer<In> {
  readonly leaf: Certificate;
  /** The key and the signer that its leaf names. */
  readonly identity: LeafIdentity;
  readonly leafSha256: Uint8Array;
  /** Asks the one question, with a new nonce. @throws TransportError SESSION_TIMEOUT, SESSION_CLOSED */
  hello(cancel: AbortSignal): Promise<{ readonly reply: In; readonly nonce: Uint8Array }>;
  /** Verifies a document for this very connection. @throws UntrustedError ATTESTATION_*, USER_DATA_* and parsers' codes */
  verify(proof: Proof): Promise<Attestation>;
  /** Gives the messages of this connection away against a verdict. @throws UntrustedError ATTESTATION_NOT_VERIFIED */
  release<Out extends Message>(attestation: Attestation): MessageStream<In, Out>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

async function openStream(
  { url }: PeerAddress,
  ports: SessionPorts,
  cancel: AbortSignal,
): Promise<ByteStream> {
  requireEndpoint(url, ports.trust.endpointPolicy);
  requireNotCancelled(cancel);
  const opening = ports.connect(url);
  try {
    return await waitFor(opening, { deadline: ports.deadline(sessionTimeouts.connectMs), cancel });
  } catch (error) {
    // A stream that opens too late belongs to nobody.
    opening.then((stream) => stream.close()).catch(() => undefined);
    throw error;
  }
}

interface Handshake {
  readonly tls: TlsConnection;
  readonly leaf: Certificate;
  readonly identity: LeafIdentity;
}

async function shakeHands(
  stream: ByteStream,
  expected: PeerExpectation<z.ZodType>,
  ports: SessionPorts,
): Promise<Handshake> {
  let seen: Omit<Handshake, "tls"> | undefined;
  const tls = await openTls(stream, {
    serverName: innerServerName,
    alpn: innerAlpn,
    offer: sessionOffer,
    maxCertificates: 1,
    random: (length) => ports.random(length),
    deadline: (timeoutMs) => ports.deadline(timeoutMs),
    verifyPeer: async ([leafDer = new Uint8Array(0)]) => {
      const leaf = parseLeafCertificate(leafDer);
      const identity = verifyLeafProfile(leaf, { role: expected.role, nowMs: ports.nowMs() });
      await expected.verifyLeaf(leaf);
      seen = { leaf, identity };
      return identity;
    },
  });
  // The TLS client cannot complete without a verified leaf; should it ever, nothing follows.
  if (seen === undefined) throw new UntrustedError("ATTESTATION_NOT_VERIFIED");
  return { tls, ...seen };
}

function createPeer<S extends z.ZodType>(
  { tls, leaf, identity, leafSha256 }: Handshake & { readonly leafSha256: Uint8Array },
  { address, expected }: { readonly address: PeerAddress; readonly expected: PeerExpectation<S> },
  ports: SessionPorts,
): Peer<z.output<S>> {
  const messages = createMessageStream<S, Message>(tls, expected.replies);
  const { role } = expected;
  return {
    leaf,
    identity,
    leafSha256,
    async hello(cancel) {
      const nonce = ports.random(32);
      const limits = { deadline: ports.deadline(sessionTimeouts.attestMs), cancel };
      const { chainId, hub } = address;
      await waitFor(messages.write({ type: "hello", version: 1, nonce, chainId, hub }), limits);
      const reply = await waitFor(messages.read(), limits);
      if (reply === null) throw new TransportError("SESSION_CLOSED");
      return { reply, nonce };
    },
    async verify({ document, nonce, caSpki }) {
      const exporter = await tls.exporter(sessionExporterLabel, nonce, 32);
      const binding = { role, leafSha256, caSpkiSha256: await sha256(caSpki), exporter };
      const readStatement = (userData: Uint8Array): KeyHolders => readSessionUserData(userData, binding);
      const expectation = { role, nonce, publicKey: identity.spki, readStatement };
      return nitroAttestation.verify(document, expectation, ports.trust, ports.nowMs());
    },
    release(attestation) {
      requireVerdict(attestation);
      return messages;
    },
    close: () => messages.close(),
  };
}

/**
 * Opens a stream, and TLS in it.
 * @throws UntrustedError SESSION_ENDPOINT_REFUSED, TLS_* and the leaf's codes
 * @throws TransportError SESSION_TIMEOUT, TLS_*; DeniedError SESSION_CANCELLED
 */
export async function openPeer<S extends z.ZodType>(
  { address, expected, cancel }: { address: PeerAddress; expected: PeerExpectation<S>; cancel: AbortSignal },
  ports: SessionPorts,
): Promise<Peer<z.output<S>>> {
  const stream = await openStream(address, ports, cancel);
  const handshake = await shakeHands(stream, expected, ports);
  return createPeer(
    { ...handshake, leafSha256: await sha256(handshake.tls.leaf) },
    { address, expected },
    ports,
  );
}

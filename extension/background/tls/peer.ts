import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import type { CertificateVerify } from "./serverFlight.ts";
import type { SignatureScheme } from "./signatures.ts";

/** A server whose certificate the caller's profile accepted; that it holds the key is yet to be shown. */
export interface UnprovenPeer {
  /** DER of the leaf. */
  readonly leaf: Uint8Array;
  /** DER of the leaf's SubjectPublicKeyInfo, from the caller's profile. */
  readonly spki: Uint8Array;
}

/**
 * The caller's judgement over the server's certificates.
 * Receives the Certificate message's entries in wire order (DER, leaf first, at least one) and returns the
 * leaf's SubjectPublicKeyInfo (DER); rejects where the profile is not met.
 */
export type VerifyPeer = (
  certificateListDer: readonly Uint8Array[],
) => Promise<{ readonly spki: Uint8Array }>;

const context = "TLS 1.3, server CertificateVerify";

/** What a server signs (RFC 8446 §4.4.3): 64 spaces, the context string, a zero, the transcript hash. */
export function signedContent(transcriptHash: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array(64).fill(0x20), utf8(context), Uint8Array.of(0), transcriptHash);
}

/** What the proof is held against. */
export interface ProofExpected {
  readonly offered: readonly SignatureScheme[];
  /** Transcript hash through the Certificate message. */
  readonly transcriptHash: Uint8Array;
}

/** A server that has signed this handshake with the key of its certificate. Only {@link ProvenPeer.verify} makes one. */
export class ProvenPeer {
  readonly leaf: Uint8Array;

  private constructor(leaf: Uint8Array) {
    this.leaf = leaf;
  }

  /**
   * Verifies CertificateVerify.
   * @throws UntrustedError TLS_SIGNATURE_SCHEME, TLS_SIGNATURE_KEY, TLS_PEER_KEY, TLS_SIGNATURE_INVALID
   */
  static async verify(
    peer: UnprovenPeer,
    proof: CertificateVerify,
    expected: ProofExpected,
  ): Promise<ProvenPeer> {
    const { offered, transcriptHash } = expected;
    const scheme = offered.find((row) => row.id === proof.schemeId);
    if (scheme === undefined) {
      throw new UntrustedError("TLS_SIGNATURE_SCHEME", { actual: proof.schemeId.toString(16) });
    }
    if (!offered.some((row) => row.fitsKey(peer.spki))) throw new UntrustedError("TLS_PEER_KEY");
    if (!scheme.fitsKey(peer.spki)) throw new UntrustedError("TLS_SIGNATURE_KEY", { actual: scheme.name });
    const key = await importKey(scheme, peer.spki);
    const isValid = await scheme.verify(key, proof.signature, signedContent(transcriptHash));
    if (!isValid) throw new UntrustedError("TLS_SIGNATURE_INVALID", { expected: scheme.name });
    return new ProvenPeer(peer.leaf);
  }
}

/** A key of the right form may still be none: a point off its curve. */
async function importKey(
  scheme: SignatureScheme,
  spki: Uint8Array,
): ReturnType<SignatureScheme["importKey"]> {
  try {
    return await scheme.importKey(spki);
  } catch (cause) {
    throw new UntrustedError("TLS_PEER_KEY", { cause });
  }
}

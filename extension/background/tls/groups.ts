import type { CryptoKeyLike } from "#protocol/webcrypto.ts";
import { subtle } from "#protocol/webcrypto.ts";
import { UntrustedError } from "#protocol/errors.ts";

/** One side's ephemeral part of a key exchange; `agree` works once per handshake and keeps the key inside. */
export interface KeyShare {
  /** What goes into the key_share extension. */
  readonly publicBytes: Uint8Array;
  /**
   * The shared secret with the server's share.
   * @throws UntrustedError TLS_KEY_SHARE_INVALID where `peer` is no valid share of the group
   */
  agree(peer: Uint8Array): Promise<Uint8Array>;
}

/** A key exchange: an elliptic curve now, a KEM fits the same shape. */
export interface KeyExchangeGroup {
  /** NamedGroup value (RFC 8446 §4.2.7). */
  readonly id: number;
  readonly name: string;
  /** Makes a fresh ephemeral key. */
  createKeyShare(): Promise<KeyShare>;
}

interface Curve {
  readonly id: number;
  readonly name: string;
  readonly algorithm: Readonly<Record<string, string>>;
  readonly shareBytes: number;
  readonly secretBits: number;
  readonly hasForm: (share: Uint8Array) => boolean;
}

async function agree(curve: Curve, privateKey: CryptoKeyLike, peer: Uint8Array): Promise<Uint8Array> {
  if (peer.length !== curve.shareBytes || !curve.hasForm(peer)) {
    throw new UntrustedError("TLS_KEY_SHARE_INVALID", {
      expected: `${curve.name} share of ${String(curve.shareBytes)} bytes`,
      actual: `${String(peer.length)} bytes`,
    });
  }
  const secret = await deriveSecret(curve, privateKey, peer);
  // RFC 8446 §7.4.2: an all-zero X25519 result betrays a share of small order.
  if (secret.every((byte) => byte === 0)) throw new UntrustedError("TLS_KEY_SHARE_INVALID");
  return secret;
}

/** WebCrypto refuses points off the curve on import, and X25519 shares of small order on derivation. */
async function deriveSecret(curve: Curve, privateKey: CryptoKeyLike, peer: Uint8Array): Promise<Uint8Array> {
  try {
    const publicKey = await subtle.importKey("raw", peer, curve.algorithm, true, []);
    const algorithm = { name: curve.algorithm["name"], public: publicKey };
    return new Uint8Array(await subtle.deriveBits(algorithm, privateKey, curve.secretBits));
  } catch (cause) {
    throw new UntrustedError("TLS_KEY_SHARE_INVALID", { cause });
  }
}

function createCurveGroup(curve: Curve): KeyExchangeGroup {
  return {
    id: curve.id,
    name: curve.name,
    async createKeyShare() {
      const { publicKey, privateKey } = await subtle.generateKey(curve.algorithm, false, ["deriveBits"]);
      const publicBytes = new Uint8Array(await subtle.exportKey("raw", publicKey));
      return { publicBytes, agree: (peer) => agree(curve, privateKey, peer) };
    },
  };
}

/** RFC 8446 §4.2.8.2: only the uncompressed form exists in TLS 1.3. */
const isUncompressed = (share: Uint8Array): boolean => share[0] === 4;

/** X25519 (RFC 7748). */
export const x25519: KeyExchangeGroup = createCurveGroup({
  id: 0x001d,
  name: "x25519",
  algorithm: { name: "X25519" },
  shareBytes: 32,
  secretBits: 256,
  hasForm: () => true,
});

/** NIST P-256. */
export const p256: KeyExchangeGroup = createCurveGroup({
  id: 0x0017,
  name: "secp256r1",
  algorithm: { name: "ECDH", namedCurve: "P-256" },
  shareBytes: 65,
  secretBits: 256,
  hasForm: isUncompressed,
});

/** NIST P-384. */
export const p384: KeyExchangeGroup = createCurveGroup({
  id: 0x0018,
  name: "secp384r1",
  algorithm: { name: "ECDH", namedCurve: "P-384" },
  shareBytes: 97,
  secretBits: 384,
  hasForm: isUncompressed,
});

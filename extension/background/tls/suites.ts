import { sha256, sha384 } from "@noble/hashes/sha2.js";
import type { KeyExchangeGroup } from "./groups.ts";
import { p256, p384, x25519 } from "./groups.ts";
import type { SignatureScheme } from "./signatures.ts";
import { ecdsaSecp256r1Sha256, ecdsaSecp384r1Sha384 } from "./signatures.ts";

/** A TLS 1.3 cipher suite: record protection by AES-GCM and the hash of the key schedule. */
export interface CipherSuite {
  /** CipherSuite value (RFC 8446 §B.4). */
  readonly id: number;
  readonly name: string;
  readonly keyBytes: number;
  readonly hash: typeof sha256 | typeof sha384;
}

/** TLS_AES_128_GCM_SHA256 (RFC 8446 §B.4). */
export const aes128GcmSha256: CipherSuite = {
  id: 0x1301,
  name: "TLS_AES_128_GCM_SHA256",
  keyBytes: 16,
  hash: sha256,
};

/** TLS_AES_256_GCM_SHA384 (RFC 8446 §B.4). */
export const aes256GcmSha384: CipherSuite = {
  id: 0x1302,
  name: "TLS_AES_256_GCM_SHA384",
  keyBytes: 32,
  hash: sha384,
};

/** What a client offers, each list in order of preference. */
export interface TlsOffer {
  readonly suites: readonly CipherSuite[];
  /** Groups named in supported_groups. */
  readonly groups: readonly KeyExchangeGroup[];
  /** The groups among `groups` for which the first hello already holds a key share. */
  readonly keyShares: readonly KeyExchangeGroup[];
  readonly signatureSchemes: readonly SignatureScheme[];
}

/** The offer of an Open Contracts session (docs/TLS.md). */
export const sessionOffer: TlsOffer = {
  suites: [aes128GcmSha256, aes256GcmSha384],
  groups: [x25519, p256, p384],
  keyShares: [x25519, p256],
  signatureSchemes: [ecdsaSecp256r1Sha256, ecdsaSecp384r1Sha384],
};

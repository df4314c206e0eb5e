/**
 * The part of WebCrypto that this room uses, declared here so that it type-checks without DOM or node types.
 * Both runtimes we ship to provide the global.
 */
export interface CryptoKeyLike {
  readonly type: string;
  readonly extractable: boolean;
}

type Algorithm = string | Readonly<Record<string, unknown>>;

interface Subtle {
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
  importKey(
    format: "raw" | "spki" | "pkcs8" | "jwk",
    keyData: Uint8Array | Readonly<Record<string, unknown>>,
    algorithm: Algorithm,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKeyLike>;
  exportKey(format: "raw" | "spki" | "pkcs8", key: CryptoKeyLike): Promise<ArrayBuffer>;
  generateKey(
    algorithm: Algorithm,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<{ readonly publicKey: CryptoKeyLike; readonly privateKey: CryptoKeyLike }>;
  verify(algorithm: Algorithm, key: CryptoKeyLike, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
  sign(algorithm: Algorithm, key: CryptoKeyLike, data: Uint8Array): Promise<ArrayBuffer>;
  deriveBits(algorithm: Algorithm, key: CryptoKeyLike, length: number): Promise<ArrayBuffer>;
  encrypt(algorithm: Algorithm, key: CryptoKeyLike, data: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: Algorithm, key: CryptoKeyLike, data: Uint8Array): Promise<ArrayBuffer>;
}

declare const crypto: { readonly subtle: Subtle };

/** WebCrypto's SubtleCrypto (W3C Web Cryptography API), typed for plain `Uint8Array`s. */
export const subtle: Subtle = crypto.subtle;

/** SHA-256 of `data`, 32 bytes (FIPS 180-4). */
export async function sha256(data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest("SHA-256", data));
}

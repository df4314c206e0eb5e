import { subtle, type CryptoKeyLike } from "#protocol/webcrypto.ts";

/** A P-384 key pair of the simulated hardware. */
export interface SigningKey {
  readonly privateKey: CryptoKeyLike;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
}

const keyAlgorithm = { name: "ECDSA", namedCurve: "P-384" } as const;
const signAlgorithm = { name: "ECDSA", hash: "SHA-384" } as const;

/** A key that lives as long as the process. */
export async function createSigningKey(): Promise<SigningKey> {
  const pair = await subtle.generateKey(keyAlgorithm, false, ["sign", "verify"]);
  return {
    privateKey: pair.privateKey,
    spki: new Uint8Array(await subtle.exportKey("spki", pair.publicKey)),
  };
}

/** A new key as PKCS #8, to be kept by who runs the simulation, and its public half. */
export async function createStoredKey(): Promise<{ readonly pkcs8: Uint8Array; readonly spki: Uint8Array }> {
  const pair = await subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
  return {
    pkcs8: new Uint8Array(await subtle.exportKey("pkcs8", pair.privateKey)),
    spki: new Uint8Array(await subtle.exportKey("spki", pair.publicKey)),
  };
}

/** A stored key, ready to sign. */
export async function importSigningKey(pkcs8: Uint8Array, spki: Uint8Array): Promise<SigningKey> {
  return { privateKey: await subtle.importKey("pkcs8", pkcs8, keyAlgorithm, false, ["sign"]), spki };
}

/** ECDSA P-384 with SHA-384 over `message`: r || s, 96 bytes. */
export async function signEs384({ privateKey }: SigningKey, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.sign(signAlgorithm, privateKey, message));
}

import { subtle, type CryptoKeyLike } from "#protocol/webcrypto.ts";

/** The key of an enclave's inner TLS, ECDSA P-256, made at boot; it exists in this process's memory only. */
export interface TlsKey {
  /** DER SubjectPublicKeyInfo, 91 bytes. */
  readonly spki: Uint8Array;
  readonly privateKey: CryptoKeyLike;
  /** PKCS #8 in PEM, as node's `tls` wants it. Never logged, never written. */
  readonly pem: string;
}

/** Makes a TLS key. */
export async function createTlsKey(): Promise<TlsKey> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { publicKey, privateKey } = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const spki = new Uint8Array(await subtle.exportKey("spki", publicKey));
  const pkcs8 = new Uint8Array(await subtle.exportKey("pkcs8", privateKey));
  return { spki, privateKey, pem: encodePem("PRIVATE KEY", pkcs8) };
}

/** PEM (RFC 7468) of `der`. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

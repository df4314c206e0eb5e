import { subtle, type CryptoKeyLike } from "#protocol/webcrypto.ts";
import {
  bitString,
  encodeDer,
  objectIdentifier,
  oids,
  sequence,
  unsignedInteger,
  type Asn1,
} from "./asn1.ts";

/** How one signature algorithm is called in X.509 (RFC 5758 section 3.2) and in WebCrypto. */
const algorithms = {
  "SHA-256": oids.ecdsaWithSha256,
  "SHA-384": oids.ecdsaWithSha384,
} as const;

/** An ECDSA key that signs structures. */
export interface StructureSigner {
  readonly privateKey: CryptoKeyLike;
  readonly hash: keyof typeof algorithms;
}

/** The AlgorithmIdentifier of `signer`: without parameters. */
export function signatureAlgorithm({ hash }: Pick<StructureSigner, "hash">): Asn1 {
  return sequence(objectIdentifier(algorithms[hash]));
}

/** The common frame of certificates and requests: what is signed, algorithm, signature. DER. */
export async function encodeSigned(content: Asn1, signer: StructureSigner): Promise<Uint8Array> {
  const algorithm = { name: "ECDSA", hash: signer.hash };
  const raw = new Uint8Array(await subtle.sign(algorithm, signer.privateKey, encodeDer(content)));
  const half = raw.length / 2;
  // RFC 3279 section 2.2.3; WebCrypto gives r || s.
  const signature = sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half)));
  return encodeDer(sequence(content, signatureAlgorithm(signer), bitString(encodeDer(signature))));
}

import { bytesFromHex, equalBytes } from "#protocol/bytes.ts";
import { parseDerSignature, scalarBytes, type Curve } from "#protocol/ecdsa.ts";
import { InternalError, UntrustedError } from "#protocol/errors.ts";
import type { CryptoKeyLike } from "#protocol/webcrypto.ts";
import { subtle } from "#protocol/webcrypto.ts";

/** One signature scheme a server may sign its handshake with. */
export interface SignatureScheme {
  /** SignatureScheme value (RFC 8446 §4.2.3). */
  readonly id: number;
  readonly name: string;
  /** True when the SubjectPublicKeyInfo (DER) is of the kind that this scheme signs with. */
  fitsKey(spki: Uint8Array): boolean;
  /** Imports the key; rejects where it is none. */
  importKey(spki: Uint8Array): Promise<CryptoKeyLike>;
  /** True when `signature` (as on the wire) over `content` was made by the key. */
  verify(key: CryptoKeyLike, signature: Uint8Array, content: Uint8Array): Promise<boolean>;
}

interface EcdsaScheme {
  readonly id: number;
  readonly name: string;
  readonly namedCurve: Curve;
  readonly hash: string;
  /** Everything of the DER before the point's coordinates: the algorithm, the curve, the uncompressed form. */
  readonly spkiPrefix: Uint8Array;
}

function createEcdsaScheme(scheme: EcdsaScheme): SignatureScheme {
  const { id, name, namedCurve, hash, spkiPrefix } = scheme;
  return {
    id,
    name,
    fitsKey: (spki) =>
      spki.length === spkiPrefix.length + 2 * scalarBytes(namedCurve) &&
      equalBytes(spki.subarray(0, spkiPrefix.length), spkiPrefix),
    importKey: (spki) => subtle.importKey("spki", spki, { name: "ECDSA", namedCurve }, false, ["verify"]),
    async verify(key, signature, content) {
      const fixed = readSignature(signature, namedCurve);
      return fixed !== undefined && (await subtle.verify({ name: "ECDSA", hash }, key, fixed, content));
    },
  };
}

/** The wire's DER as r || s; a malformed one verifies as false, like a wrong one. */
function readSignature(der: Uint8Array, curve: Curve): Uint8Array | undefined {
  try {
    return parseDerSignature(der, curve);
  } catch (error) {
    if (error instanceof UntrustedError) return undefined;
    throw error;
  }
}

function constantFromHex(hex: string): Uint8Array {
  const bytes = bytesFromHex(hex);
  if (bytes === undefined) throw new InternalError("INTERNAL");
  return bytes;
}

/** ECDSA on P-256 with SHA-256. */
export const ecdsaSecp256r1Sha256: SignatureScheme = createEcdsaScheme({
  id: 0x0403,
  name: "ecdsa_secp256r1_sha256",
  namedCurve: "P-256",
  hash: "SHA-256",
  spkiPrefix: constantFromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
});

/** ECDSA on P-384 with SHA-384. */
export const ecdsaSecp384r1Sha384: SignatureScheme = createEcdsaScheme({
  id: 0x0503,
  name: "ecdsa_secp384r1_sha384",
  namedCurve: "P-384",
  hash: "SHA-384",
  spkiPrefix: constantFromHex("3076301006072a8648ce3d020106052b8104002203620004"),
});

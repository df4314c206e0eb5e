import { bytesFromHex, concatBytes } from "./bytes.ts";
import type { ErrorCode } from "./codes/index.ts";
import { derTag, parseDer, readInside, readUnsignedInteger } from "./der.ts";
import { UntrustedError } from "./errors.ts";
import { subtle } from "./webcrypto.ts";

/** The curves of FIPS 186-5 that the protocol uses. */
export type Curve = "P-256" | "P-384";

/** A public key: an uncompressed point, 65 or 97 bytes. */
export interface EcdsaKey {
  readonly curve: Curve;
  readonly point: Uint8Array;
}

const orders = {
  "P-256": "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
  "P-384": "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
} as const;
const hashes = { "P-256": "SHA-256", "P-384": "SHA-384" } as const;

/** Bytes of one coordinate or scalar: 32 or 48. */
export function scalarBytes(curve: Curve): number {
  return orders[curve].length / 2;
}

function isScalar(value: Uint8Array, curve: Curve): boolean {
  const order = bytesFromHex(orders[curve]) ?? value;
  const index = value.findIndex((byte, at) => byte !== order[at]);
  return value.some((byte) => byte !== 0) && index >= 0 && (value[index] ?? 0) < (order[index] ?? 0);
}

/**
 * Demands a signature r || s of the curve's length with both halves in [1, n - 1]. High s is allowed: signers of
 * attestations do not normalise it.
 * @throws UntrustedError ECDSA_LENGTH_REFUSED, ECDSA_SCALAR_REFUSED
 */
export function parseRawSignature(signature: Uint8Array, curve: Curve): Uint8Array {
  const size = scalarBytes(curve);
  if (signature.length !== 2 * size) {
    throw new UntrustedError("ECDSA_LENGTH_REFUSED", {
      expected: String(2 * size),
      actual: String(signature.length),
    });
  }
  if (!isScalar(signature.subarray(0, size), curve) || !isScalar(signature.subarray(size), curve)) {
    throw new UntrustedError("ECDSA_SCALAR_REFUSED");
  }
  return signature;
}

/** Reads an Ecdsa-Sig-Value (RFC 3279 section 2.2.3) as r || s. @throws UntrustedError ECDSA_*, DER_* */
export function parseDerSignature(der: Uint8Array, curve: Curve): Uint8Array {
  const size = scalarBytes(curve);
  const scalars = parseDer(der, (reader) =>
    readInside(reader, derTag.sequence, (inner) => [readUnsignedInteger(inner), readUnsignedInteger(inner)]),
  );
  const padded = scalars.map((scalar) => {
    if (scalar.length > size) throw new UntrustedError("ECDSA_SCALAR_REFUSED");
    return concatBytes(new Uint8Array(size - scalar.length), scalar);
  });
  return parseRawSignature(concatBytes(...padded), curve);
}

/**
 * Verifies r || s over `message`, hashed as the curve goes with: SHA-256 or SHA-384.
 * @throws UntrustedError X509_KEY_REFUSED where the point is not on the curve, else `failure`
 */
// eslint-disable-next-line max-params -- key, signature and message are the terms of the definition
export async function verifySignature(
  key: EcdsaKey,
  signature: Uint8Array,
  message: Uint8Array,
  failure: ErrorCode,
): Promise<void> {
  const algorithm = { name: "ECDSA", namedCurve: key.curve, hash: hashes[key.curve] };
  const imported = await subtle
    .importKey("raw", key.point, algorithm, false, ["verify"])
    .catch((cause: unknown) => {
      throw new UntrustedError("X509_KEY_REFUSED", { cause });
    });
  const isValid = await subtle.verify(algorithm, imported, signature, message);
  if (!isValid) throw new UntrustedError(failure);
}

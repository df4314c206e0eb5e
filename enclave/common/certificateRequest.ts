import { hexFromBytes } from "#protocol/bytes.ts";
import {
  derTag,
  parseDer,
  readElement,
  readInside,
  readOid,
  readUnsignedInteger,
  readWholeOctets,
} from "#protocol/der.ts";
import { parseDerSignature, verifySignature } from "#protocol/ecdsa.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { encodedValue, sequence, tagged, unsignedInteger } from "./asn1.ts";
import { encodeSigned } from "./signedDer.ts";
import type { TlsKey } from "./tlsKey.ts";

const attributesTag = 0xa0;
/** AlgorithmIdentifier content of a P-256 key: id-ecPublicKey, prime256v1. */
const p256Algorithm = "06072a8648ce3d020106082a8648ce3d030107";
const ecdsaWithSha256 = "2a8648ce3d040302";
const pointBytes = 65;

/** A PKCS #10 request (RFC 2986) for `key`: empty subject, no attributes. DER. */
export function encodeCertificateRequest(key: TlsKey): Promise<Uint8Array> {
  const content = sequence(unsignedInteger(Uint8Array.of(0)), sequence(), encodedValue(key.spki), tagged(0));
  return encodeSigned(content, { privateKey: key.privateKey, hash: "SHA-256" });
}

interface ReadRequest {
  readonly signedBytes: Uint8Array;
  readonly spki: Uint8Array;
  readonly point: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Verifies that a request is signed by the P-256 key that it names, and returns that key's SPKI (DER). Subject and
 * attributes are read over: a certificate takes nothing else from a request.
 * @throws UntrustedError ENROLL_CSR_INVALID
 */
export async function verifyCertificateRequest(der: Uint8Array): Promise<Uint8Array> {
  try {
    const { point, signature, signedBytes, spki } = readRequest(der);
    await verifySignature({ curve: "P-256", point }, signature, signedBytes, "ENROLL_CSR_INVALID");
    return new Uint8Array(spki);
  } catch (cause) {
    throw new UntrustedError("ENROLL_CSR_INVALID", { cause });
  }
}

function readRequest(der: Uint8Array): ReadRequest {
  return parseDer(der, (outer) =>
    readInside(outer, derTag.sequence, (request) => {
      const content = readElement(request, derTag.sequence);
      const algorithm = readInside(request, derTag.sequence, readOid);
      if (algorithm !== ecdsaWithSha256)
        throw new UntrustedError("ENROLL_CSR_INVALID", { actual: algorithm });
      const signature = parseDerSignature(readWholeOctets(request), "P-256");
      return { signedBytes: content.encoded, signature, ...readContent(content.content) };
    }),
  );
}

function readContent(bytes: Uint8Array): { readonly spki: Uint8Array; readonly point: Uint8Array } {
  return parseDer(bytes, (content) => {
    readUnsignedInteger(content);
    readElement(content, derTag.sequence);
    const spki = readElement(content, derTag.sequence);
    readElement(content, attributesTag);
    return { spki: spki.encoded, point: readPoint(spki.content) };
  });
}

function readPoint(spki: Uint8Array): Uint8Array {
  return parseDer(spki, (reader) => {
    const algorithm = readElement(reader, derTag.sequence);
    const point = readWholeOctets(reader);
    if (hexFromBytes(algorithm.content) !== p256Algorithm || point.length !== pointBytes) {
      throw new UntrustedError("ENROLL_CSR_INVALID", { expected: "a P-256 key" });
    }
    return point;
  });
}

import { utf8 } from "#protocol/bytes.ts";
import { subtle, type CryptoKeyLike } from "#protocol/webcrypto.ts";
import {
  bitString,
  booleanTrue,
  objectIdentifier,
  octetString,
  oids,
  sequence,
  taggedOctets,
  unsignedInteger,
  type Asn1,
} from "../../common/asn1.ts";
import {
  commonName,
  encodeCertificate,
  extension,
  keyIdentifier,
  type CertificateContent,
} from "../../common/certificate.ts";
import type { StructureSigner } from "../../common/signedDer.ts";
import { encodePem } from "../../common/tlsKey.ts";

/** The authority that one session's script trusts, and nobody else. Its key never leaves this process. */
export interface SessionCa {
  /** PEM of the CA's certificate. */
  readonly certificatePem: string;
  /** PEM of a certificate for `host`, and of the key (PKCS #8) that all leaves of this session share. */
  issueLeaf(host: string): Promise<string>;
}

const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const backdatedMs = 60 * 60_000;
const lifetimeMs = 48 * 60 * 60_000;
const longestCommonName = 64;

const caName = commonName("Open Contracts session");

/** Makes the authority of one session (X.509 v3, RFC 5280; ECDSA P-256). `clock` gives milliseconds since 1970. */
export async function createSessionCa(clock: () => number): Promise<SessionCa> {
  const caKey = await subtle.generateKey(keyAlgorithm, false, ["sign", "verify"]);
  const leafKey = await subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
  const leafKeyPem = encodePem("PRIVATE KEY", await exportKey("pkcs8", leafKey.privateKey));
  const signer: StructureSigner = { privateKey: caKey.privateKey, hash: "SHA-256" };
  const caSpki = await exportKey("spki", caKey.publicKey);
  const leafSpki = await exportKey("spki", leafKey.publicKey);
  const keyId = keyIdentifier(caSpki);
  let count = 0;
  const issue = async (named: Named): Promise<string> => {
    count += 1;
    // Serial numbers count up: nobody outside of the session sees them.
    const serial = Uint8Array.of(count >> 16, (count >> 8) & 0xff, count & 0xff);
    const nowMs = clock();
    const validity = { notBeforeMs: nowMs - backdatedMs, notAfterMs: nowMs + lifetimeMs };
    return encodePem(
      "CERTIFICATE",
      await encodeCertificate({ serial, issuer: caName, ...validity, ...named }, signer),
    );
  };
  return {
    certificatePem: await issue({ subject: caName, spki: caSpki, extensions: caExtensions(keyId) }),
    issueLeaf: async (host) => {
      const subject = commonName(host.slice(0, longestCommonName));
      const extensions = leafExtensions(host, keyId);
      return (await issue({ subject, spki: leafSpki, extensions })) + leafKeyPem;
    },
  };
}

type Named = Pick<CertificateContent, "subject" | "spki" | "extensions">;

async function exportKey(format: "spki" | "pkcs8", key: CryptoKeyLike): Promise<Uint8Array> {
  return new Uint8Array(await subtle.exportKey(format, key));
}

function caExtensions(keyId: Uint8Array): Asn1[] {
  const keyCertSignAndCrlSign = bitString(Uint8Array.of(0x06), 1);
  return [
    extension(oids.basicConstraints, sequence(booleanTrue(), unsignedInteger(Uint8Array.of(0))), "critical"),
    extension(oids.keyUsage, keyCertSignAndCrlSign, "critical"),
    extension(oids.subjectKeyIdentifier, octetString(keyId)),
  ];
}

function leafExtensions(host: string, caKeyId: Uint8Array): Asn1[] {
  const digitalSignature = bitString(Uint8Array.of(0x80), 7);
  return [
    extension(oids.basicConstraints, sequence(), "critical"),
    extension(oids.keyUsage, digitalSignature, "critical"),
    extension(oids.extendedKeyUsage, sequence(objectIdentifier(oids.serverAuth))),
    extension(oids.subjectAltName, sequence(taggedOctets(2, utf8(host)))),
    extension(oids.authorityKeyIdentifier, sequence(taggedOctets(0, caKeyId))),
  ];
}

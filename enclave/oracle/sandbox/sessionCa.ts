import { utf8 } from "#protocol/bytes.ts";
import { subtle, type CryptoKeyLike } from "#protocol/webcrypto.ts";
import {
  bitString,
  booleanTrue,
  encodedValue,
  encodeDer,
  objectIdentifier,
  octetString,
  oids,
  sequence,
  setOf,
  tagged,
  taggedOctets,
  time,
  unsignedInteger,
  utf8String,
  type Asn1,
} from "../../common/asn1.ts";
import { encodeSigned, signatureAlgorithm, type StructureSigner } from "../../common/signedDer.ts";

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

const caName = distinguishedName("Open Contracts session");

/** Makes the authority of one session (X.509 v3, RFC 5280; ECDSA P-256). `clock` gives milliseconds since 1970. */
export async function createSessionCa(clock: () => number): Promise<SessionCa> {
  const caKey = await subtle.generateKey(keyAlgorithm, false, ["sign", "verify"]);
  const leafKey = await subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
  const leafKeyPem = pem("PRIVATE KEY", await subtle.exportKey("pkcs8", leafKey.privateKey));
  const signer: StructureSigner = { privateKey: caKey.privateKey, hash: "SHA-256" };
  const keyId = await keyIdentifier(caKey.publicKey);
  let serial = 0;
  const issue = async (subject: Asn1, key: CryptoKeyLike, extensions: readonly Asn1[]): Promise<string> => {
    serial += 1;
    const contents = { serial, subject, spki: await exportSpki(key), extensions, nowMs: clock() };
    return pem("CERTIFICATE", await encodeSigned(toBeSigned(contents, signer), signer));
  };
  const certificatePem = await issue(caName, caKey.publicKey, caExtensions(keyId));
  return {
    certificatePem,
    issueLeaf: async (host) => {
      const subject = distinguishedName(host.slice(0, longestCommonName));
      return (await issue(subject, leafKey.publicKey, leafExtensions(host, keyId))) + leafKeyPem;
    },
  };
}

interface Contents {
  readonly serial: number;
  readonly subject: Asn1;
  readonly spki: Uint8Array;
  readonly extensions: readonly Asn1[];
  readonly nowMs: number;
}

/** TBSCertificate (RFC 5280, section 4.1). Serial numbers count up: nobody outside of the session sees them. */
function toBeSigned({ serial, subject, spki, extensions, nowMs }: Contents, signer: StructureSigner): Asn1 {
  return sequence(
    tagged(0, unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(Uint8Array.of(serial >> 16, (serial >> 8) & 0xff, serial & 0xff)),
    signatureAlgorithm(signer),
    caName,
    sequence(time(nowMs - backdatedMs), time(nowMs + lifetimeMs)),
    subject,
    encodedValue(spki),
    tagged(3, sequence(...extensions)),
  );
}

function caExtensions(keyId: Uint8Array): Asn1[] {
  const keyCertSignAndCrlSign = bitString(Uint8Array.of(0x06), 1);
  return [
    extension(
      oids.basicConstraints,
      sequence(booleanTrue(), unsignedInteger(Uint8Array.of(0))),
      booleanTrue(),
    ),
    extension(oids.keyUsage, keyCertSignAndCrlSign, booleanTrue()),
    extension(oids.subjectKeyIdentifier, octetString(keyId)),
  ];
}

function leafExtensions(host: string, caKeyId: Uint8Array): Asn1[] {
  const digitalSignature = bitString(Uint8Array.of(0x80), 7);
  return [
    extension(oids.basicConstraints, sequence(), booleanTrue()),
    extension(oids.keyUsage, digitalSignature, booleanTrue()),
    extension(oids.extendedKeyUsage, sequence(objectIdentifier(oids.serverAuth))),
    extension(oids.subjectAltName, sequence(taggedOctets(2, utf8(host)))),
    extension(oids.authorityKeyIdentifier, sequence(taggedOctets(0, caKeyId))),
  ];
}

function extension(oid: string, value: Asn1, ...critical: Asn1[]): Asn1 {
  return sequence(objectIdentifier(oid), ...critical, octetString(encodeDer(value)));
}

function distinguishedName(text: string): Asn1 {
  return sequence(setOf(sequence(objectIdentifier(oids.commonName), utf8String(text))));
}

async function exportSpki(key: CryptoKeyLike): Promise<Uint8Array> {
  return new Uint8Array(await subtle.exportKey("spki", key));
}

/** A name for the key, not a protection (RFC 5280, section 4.2.1.2, allows any unique value). */
async function keyIdentifier(key: CryptoKeyLike): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest("SHA-256", await exportSpki(key))).subarray(0, 20);
}

function pem(label: string, der: ArrayBuffer | Uint8Array): string {
  const lines = Buffer.from(new Uint8Array(der))
    .toString("base64")
    .replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}

import type { Address } from "#protocol/bytes.ts";
import { certificateLifetimes, leafName } from "#protocol/leafCertificate.ts";
import type { Role } from "#protocol/userData.ts";
import { sha256, subtle } from "#protocol/webcrypto.ts";
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
} from "../common/asn1.ts";
import {
  commonName,
  encodeCertificate,
  extension,
  keyIdentifier,
  type CertificateContent,
} from "../common/certificate.ts";
import type { StructureSigner } from "../common/signedDer.ts";

const serialBytes = 16;
const dnsNameTag = 2;
const keyIdentifierTag = 0;
/** A leaf ends half an hour before its longest life, so that no way of counting makes it too long. */
const leafMarginMs = 30 * 60_000;

/** What a certificate is issued for. */
export interface LeafSubject {
  /** DER SPKI of a P-256 key whose holder has proven to hold it. */
  readonly spki: Uint8Array;
  /** The attested signer; it becomes the certificate's one name. */
  readonly signer: Address;
  readonly role: Role;
}

/** A registry's CA: a P-384 key that lives as long as this process. */
export interface CertificateAuthority {
  readonly caDer: Uint8Array;
  /** SHA-256 of the CA's SPKI, 32 bytes. */
  readonly caSpkiSha256: Uint8Array;
  /** A leaf of the inner TLS, DER, backdated by 5 min. */
  issueLeaf(subject: LeafSubject, nowMs: number): Promise<Uint8Array>;
}

/** Makes a CA with a certificate of its own, valid for at most 90 d from 5 min before `nowMs`. */
export async function createCertificateAuthority(
  nowMs: number,
  random: (length: number) => Uint8Array,
): Promise<CertificateAuthority> {
  const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, ["sign", "verify"]);
  const signer: StructureSigner = { privateKey: pair.privateKey, hash: "SHA-384" };
  const spki = new Uint8Array(await subtle.exportKey("spki", pair.publicKey));
  const keyId = keyIdentifier(spki);
  const name = commonName(`Open Contracts registry ${Buffer.from(random(8)).toString("hex")}`);
  const notBeforeMs = nowMs - certificateLifetimes.backdateMs;
  const caDer = await encodeCertificate(
    {
      serial: random(serialBytes),
      subject: name,
      issuer: name,
      spki,
      notBeforeMs,
      notAfterMs: notBeforeMs + certificateLifetimes.caMs,
      extensions: caExtensions(keyId),
    },
    signer,
  );
  return {
    caDer,
    caSpkiSha256: await sha256(spki),
    issueLeaf: (subject, leafNowMs) =>
      encodeCertificate(
        {
          serial: random(serialBytes),
          ...leafContent(subject, { issuer: name, issuerKeyId: keyId, nowMs: leafNowMs }),
        },
        signer,
      ),
  };
}

function leafContent(
  { spki, signer, role }: LeafSubject,
  { issuer, issuerKeyId, nowMs }: { readonly issuer: Asn1; readonly issuerKeyId: Uint8Array; nowMs: number },
): Omit<CertificateContent, "serial"> {
  const notBeforeMs = nowMs - certificateLifetimes.backdateMs;
  const notAfterMs = notBeforeMs + certificateLifetimes.leafMs - leafMarginMs;
  const name = Buffer.from(leafName(signer, role), "ascii");
  const extensions = [
    extension(oids.basicConstraints, sequence(), "critical"),
    extension(oids.keyUsage, bitString(Uint8Array.of(0x80), 7), "critical"),
    extension(oids.extendedKeyUsage, sequence(objectIdentifier(oids.serverAuth))),
    // RFC 5280 section 4.2.1.6: critical where the subject is empty; our name is too long for a common name.
    extension(oids.subjectAltName, sequence(taggedOctets(dnsNameTag, name)), "critical"),
    extension(oids.subjectKeyIdentifier, octetString(keyIdentifier(spki))),
    extension(oids.authorityKeyIdentifier, sequence(taggedOctets(keyIdentifierTag, issuerKeyId))),
  ];
  return { subject: sequence(), issuer, spki, notBeforeMs, notAfterMs, extensions };
}

function caExtensions(keyId: Uint8Array): readonly Asn1[] {
  const noFurtherCa = unsignedInteger(Uint8Array.of(0));
  return [
    extension(oids.basicConstraints, sequence(booleanTrue(), noFurtherCa), "critical"),
    extension(oids.keyUsage, bitString(Uint8Array.of(0x04), 2), "critical"),
    extension(oids.subjectKeyIdentifier, octetString(keyId)),
    extension(oids.authorityKeyIdentifier, sequence(taggedOctets(keyIdentifierTag, keyId))),
  ];
}

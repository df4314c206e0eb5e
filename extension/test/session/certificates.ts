import type { Address } from "#protocol/bytes.ts";
import { leafName } from "#protocol/leafCertificate.ts";
import type { Role } from "#protocol/userData.ts";
import { subtle, type CryptoKeyLike } from "#protocol/webcrypto.ts";
import {
  bitString,
  booleanTrue,
  encodeDer,
  encodedValue,
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
} from "../../../enclave/common/asn1.ts";
import { encodeSigned, signatureAlgorithm } from "../../../enclave/common/signedDer.ts";

const dayMs = 24 * 60 * 60_000;

/** A certificate authority of a test's registry. */
export interface TestAuthority {
  readonly name: string;
  readonly privateKey: CryptoKeyLike;
  readonly spki: Uint8Array;
  readonly der: Uint8Array;
}

/** What a test's leaf says. */
export interface TestLeaf {
  readonly spki: Uint8Array;
  readonly signer: Address;
  readonly role: Role;
  readonly nowMs: number;
}

interface Content {
  readonly subject: Asn1;
  readonly issuer: string;
  readonly spki: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly Asn1[];
}

function nameOf(text: string): Asn1 {
  return sequence(setOf(sequence(objectIdentifier(oids.commonName), utf8String(text))));
}

function extension(id: string, value: Asn1, isCritical = false): Asn1 {
  return sequence(
    objectIdentifier(id),
    ...(isCritical ? [booleanTrue()] : []),
    octetString(encodeDer(value)),
  );
}

function sign(content: Content, privateKey: CryptoKeyLike): Promise<Uint8Array> {
  const signer = { privateKey, hash: "SHA-384" } as const;
  return encodeSigned(
    sequence(
      tagged(0, unsignedInteger(Uint8Array.of(2))),
      unsignedInteger(crypto.getRandomValues(new Uint8Array(16))),
      signatureAlgorithm(signer),
      nameOf(content.issuer),
      sequence(time(content.notBeforeMs), time(content.notAfterMs)),
      content.subject,
      encodedValue(content.spki),
      tagged(3, sequence(...content.extensions)),
    ),
    signer,
  );
}

/** Makes a P-384 CA. Two of the same name are told apart by their keys alone. */
export async function createAuthority(name: string, nowMs: number): Promise<TestAuthority> {
  const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign", "verify"]);
  const spki = new Uint8Array(await subtle.exportKey("spki", pair.publicKey));
  const extensions = [
    extension(oids.basicConstraints, sequence(booleanTrue(), unsignedInteger(Uint8Array.of(0))), true),
    extension(oids.keyUsage, bitString(Uint8Array.of(0x04), 2), true),
  ];
  const validity = { notBeforeMs: nowMs - 5 * 60_000, notAfterMs: nowMs + 30 * dayMs };
  const content = { subject: nameOf(name), issuer: name, spki, ...validity, extensions };
  return { name, privateKey: pair.privateKey, spki, der: await sign(content, pair.privateKey) };
}

/** Issues a leaf by the profile. */
export function issueLeaf({ name, privateKey }: TestAuthority, leaf: TestLeaf): Promise<Uint8Array> {
  const dnsName = taggedOctets(2, Buffer.from(leafName(leaf.signer, leaf.role), "ascii"));
  const extensions = [
    extension(oids.basicConstraints, sequence(), true),
    extension(oids.keyUsage, bitString(Uint8Array.of(0x80), 7), true),
    extension(oids.extendedKeyUsage, sequence(objectIdentifier(oids.serverAuth))),
    extension(oids.subjectAltName, sequence(dnsName), true),
  ];
  const validity = { notBeforeMs: leaf.nowMs - 5 * 60_000, notAfterMs: leaf.nowMs + dayMs / 2 };
  return sign({ subject: sequence(), issuer: name, spki: leaf.spki, ...validity, extensions }, privateKey);
}

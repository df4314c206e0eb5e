import {
  bitString,
  booleanTrue,
  objectIdentifier,
  oids,
  printableString,
  sequence,
  setOf,
  unsignedInteger,
  utf8String,
  type Asn1,
} from "../../common/asn1.ts";
import { createSignedPart, extension, type CertificateContent } from "../../common/certificate.ts";
import { encodeSigned } from "../../common/signedDer.ts";
import type { SigningKey } from "./signing.ts";

/** One certificate of the Nitro profile, before it is signed. */
export interface CertificateFields extends Omit<CertificateContent, "issuer" | "subject" | "extensions"> {
  /** Common names. */
  readonly issuer: string;
  readonly subject: string;
  readonly authority: "leaf" | "root" | { readonly pathLength: number };
}

const organization = "Open Contracts simulation";
const hash = "SHA-384";

function attribute(oid: string, value: Asn1): Asn1 {
  return setOf(sequence(objectIdentifier(oid), value));
}

/** A Name in the order of real certificates, marked as simulated by its organization. */
function name(commonName: string): Asn1 {
  return sequence(
    attribute(oids.countryName, printableString("US")),
    attribute(oids.organizationName, utf8String(organization)),
    attribute(oids.organizationalUnitName, utf8String("simulated")),
    attribute(oids.commonName, utf8String(commonName)),
  );
}

function extensions(authority: CertificateFields["authority"]): readonly Asn1[] {
  const pathLength =
    typeof authority === "object" ? [unsignedInteger(Uint8Array.of(authority.pathLength))] : [];
  if (authority === "leaf") {
    const signatureAndNonRepudiation = bitString(Uint8Array.of(0xc0), 6);
    return [
      extension(oids.basicConstraints, sequence(), "critical"),
      extension(oids.keyUsage, signatureAndNonRepudiation),
    ];
  }
  const signatureCertSignAndCrlSign = bitString(Uint8Array.of(0x86), 1);
  return [
    extension(oids.basicConstraints, sequence(booleanTrue(), ...pathLength), "critical"),
    extension(oids.keyUsage, signatureCertSignAndCrlSign, "critical"),
  ];
}

/** The TBSCertificate of `fields` (RFC 5280 section 4.1), for ecdsa-with-SHA384. */
export function createProfilePart({ authority, issuer, subject, ...fields }: CertificateFields): Asn1 {
  const names = { issuer: name(issuer), subject: name(subject) };
  return createSignedPart({ ...fields, ...names, extensions: extensions(authority) }, { hash });
}

/** Issues a certificate by ecdsa-with-SHA384. DER. */
export function issueCertificate(
  fields: CertificateFields,
  { privateKey }: Pick<SigningKey, "privateKey">,
): Promise<Uint8Array> {
  return encodeSigned(createProfilePart(fields), { privateKey, hash });
}

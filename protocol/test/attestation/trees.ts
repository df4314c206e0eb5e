import type forge from "node-forge";
import { decodeDer } from "./synthetic.ts";

/** A node of an ASN.1 tree. */
export type Asn1 = forge.asn1.Asn1;

/** Bytes of hex digits. */
export const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));

/** Items of the TBSCertificate: 3 issuer, 6 key, 7 extensions. */
export function extensionsOf(signedPart: Asn1): Asn1[] {
  const [list] = (signedPart.value as Asn1[])[7]?.value as Asn1[];
  return list?.value as Asn1[];
}
/** Drops an extension. */
export const dropExtension = (index: number) => (signedPart: Asn1) => {
  extensionsOf(signedPart).splice(index, 1);
};
/** Adds an extension. */
export const addExtension = (der: string) => (signedPart: Asn1) => {
  extensionsOf(signedPart).push(decodeDer(hex(der)));
};
/** Makes it a version 1 certificate. */
export const dropVersion = (signedPart: Asn1): void => {
  (signedPart.value as Asn1[]).shift();
};

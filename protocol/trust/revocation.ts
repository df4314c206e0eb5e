/** One certificate that is not trusted any more, named as a CRL names it; a twin signature does not hide it. */
export interface RevokedCertificate {
  /** DER of the issuer's Name, hex. */
  readonly issuer: string;
  /** The serial number, hex; leading zeros mean nothing. */
  readonly serial: string;
}

/** What an enclave asks its security module to sign. Absent parts are null, as in the document. */
export interface AttestationRequest {
  /** At most 1024 bytes. */
  readonly publicKey: Uint8Array | null;
  /** At most 512 bytes. */
  readonly userData: Uint8Array | null;
  /** At most 512 bytes. */
  readonly nonce: Uint8Array | null;
}

/** The Nitro Secure Module as the enclave's services see it: the device, or its simulation. */
export interface Nsm {
  /** A fresh attestation document (COSE_Sign1), signed over `request`. @throws UsageError NSM_REQUEST_TOO_LARGE */
  attest(request: AttestationRequest): Promise<Uint8Array>;
  /** The measurement registers by index, 48 bytes each. */
  describePcrs(): Promise<ReadonlyMap<number, Uint8Array>>;
}

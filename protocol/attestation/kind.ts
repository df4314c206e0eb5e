import type { Hex } from "../bytes.ts";
import type { Allowlist, AllowlistEntry } from "../trust/allowlist.ts";
import type { RevokedCertificate } from "../trust/revocation.ts";
import type { Role } from "../userData.ts";
import type { Verdict } from "./verdict.ts";

/** What the caller of a verification knows before it sees the document. */
export interface AttestationExpectation<S> {
  /** Which kind of enclave must have made the document. */
  readonly role: Role;
  /** The 32 bytes that this document, and no other, was asked to carry. */
  readonly nonce: Uint8Array;
  /** DER SubjectPublicKeyInfo of the key that the other side has proven to hold. */
  readonly publicKey: Uint8Array;
  /** Reads `user_data`, comparing every part that the caller knows. @throws UntrustedError */
  readStatement(userData: Uint8Array): S;
}

/** What the program trusts, compiled in. */
export interface AttestationTrust {
  /** DER of the one root certificate. */
  readonly rootDer: Uint8Array;
  readonly allowlist: Allowlist;
  readonly revokedCertificates: readonly RevokedCertificate[];
}

/** A verdict: each of these facts has been verified. Only an {@link AttestationKind} can make one. */
export interface VerifiedAttestation<S> extends Verdict {
  /** Name of the kind that verified the document. */
  readonly kind: string;
  /** The enclave's own identity, in the kind's notation. */
  readonly moduleId: string;
  /** When the document was made, milliseconds since 1970. */
  readonly timestampMs: number;
  /** Every measurement register of the document by its index, 48 bytes each; 0, 1 and 2 are always there. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  /** keccak256(PCR0 || PCR1 || PCR2), the name of the image on chain. */
  readonly image: Hex;
  readonly role: Role;
  /** The allowlist entry that the measurements equal. */
  readonly release: AllowlistEntry;
  /** What {@link AttestationExpectation.readStatement} returned. */
  readonly statement: S;
  /** A copy of the document as verified. */
  readonly document: Uint8Array;
}

/**
 * One cloud's way to attest an enclave. The rest of the program knows this interface only, so that another
 * cloud's enclaves are one more implementation and nothing else.
 */
export interface AttestationKind {
  readonly name: string;
  /**
   * Verifies one live document against what the caller expects and the program trusts, at `nowMs`.
   * @throws UntrustedError with the code of the first rule that failed
   */
  verify<S>(
    document: Uint8Array,
    expectation: AttestationExpectation<S>,
    trust: AttestationTrust,
    nowMs: number,
  ): Promise<VerifiedAttestation<S>>;
}

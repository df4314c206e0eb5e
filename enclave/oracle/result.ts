import type { Hex } from "#protocol/bytes.ts";
import type { SignedResult } from "#protocol/eip712.ts";
import { TransportError } from "#protocol/errors.ts";
import type { Certified } from "#protocol/wire/registry.ts";
import type { OracleReplyWire, OracleRequest } from "#protocol/wire/session.ts";
import { encodeCertificate, encodeResult } from "#protocol/wire/signed.ts";
import type { EnclaveSigner } from "../common/signer.ts";
import type { Enrollment } from "./enroll.ts";

/** What the person approved, as the client sent it. */
export type RunRequest = Extract<OracleRequest, { type: "run" }>;

/** Longest life of a result, seconds. */
const lifetimeSec = 3_600;

/** A script's result, and what the enclave itself knows of it. */
export interface ResultFacts {
  readonly run: RunRequest;
  /** Of the files as they were written. */
  readonly oracleHash: Hex;
  readonly call: Hex;
  readonly startedAtSec: number;
  readonly signedAtSec: number;
  /** This signer's sequence number, never used before. */
  readonly nonce: bigint;
}

/** Signs results, numbering them. The number lives beside the signer: both are new at each boot. */
export class ResultDesk {
  readonly #signer: EnclaveSigner;
  #next = 0n;

  constructor(signer: EnclaveSigner) {
    this.#signer = signer;
  }

  /**
   * Signs one result under the newest certificate.
   * @throws TransportError SERVICE_CERTIFICATE_EXPIRED
   */
  async sign(
    facts: Omit<ResultFacts, "nonce">,
    enrollment: Enrollment,
  ): Promise<Extract<OracleReplyWire, { type: "result" }>> {
    const { chainId, hub } = facts.run;
    const certified = enrollment.certificates.find((one) => one.chainId === chainId && one.hub === hub);
    if (certified === undefined || certified.certificate.notAfter <= facts.signedAtSec) {
      throw new TransportError("SERVICE_CERTIFICATE_EXPIRED");
    }
    const nonce = this.#next;
    this.#next += 1n;
    const result = createResult({ ...facts, nonce }, { enrollment, certified });
    const signature = await this.#signer.signResult({ chainId, hub }, result);
    return {
      type: "result",
      result: encodeResult(result),
      signature,
      certificate: encodeCertificate(certified.certificate),
      registrySignature: certified.registrySignature,
    };
  }
}

/** Builds the structure: exactly what was approved, and never valid beyond the certificate. */
export function createResult(
  { run, oracleHash, call, startedAtSec, signedAtSec, nonce }: ResultFacts,
  { enrollment, certified }: { readonly enrollment: Enrollment; readonly certified: Certified },
): SignedResult {
  return {
    user: run.user,
    target: run.target,
    oracleHash,
    registry: enrollment.registry,
    nonce,
    startedAt: startedAtSec,
    signedAt: signedAtSec,
    deadline: Math.min(signedAtSec + lifetimeSec, certified.certificate.notAfter),
    value: run.value,
    call,
  };
}

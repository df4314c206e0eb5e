import type { Hex, Address } from "#protocol/bytes.ts";
import type { OracleCertificate, SignedResult } from "#protocol/eip712.ts";
import type { PrivateKeyAccount } from "viem";
import {
  createCertificate,
  createResult,
  maxPayment,
  registry,
  signCertificate,
  signResult,
} from "./system.ts";
import type { TestSystem } from "./system.ts";

/** What a submission is made with, where not by the user, for the usual price, with the signed wei. */
export interface SubmissionOptions {
  readonly max?: bigint;
  readonly value?: bigint;
  readonly account?: Address;
  readonly gas?: bigint;
}

/** Calls `submit` without sending it. Rejects where the Hub refuses. */
export async function trySigned(
  system: Pick<TestSystem, "hub">,
  [result, signature]: readonly [SignedResult, Hex],
  options: SubmissionOptions = {},
): Promise<Hex> {
  const { result: returned } = await system.hub.simulate.submit(
    [result, signature, options.max ?? maxPayment],
    {
      account: options.account ?? result.user,
      value: options.value ?? result.value,
      ...(options.gas === undefined ? {} : { gas: options.gas }),
    },
  );
  return returned;
}

/** Calls `submit`, without sending it, with what `changes` make of a good result. */
export async function trySubmit(
  system: TestSystem,
  changes: Partial<SignedResult> = {},
  options: SubmissionOptions = {},
): Promise<Hex> {
  const result = await createResult(system, changes);
  return await trySigned(system, [result, await signResult(system, result)], options);
}

/** Sends what `changes` make of a good result. Rejects where the Hub refuses. */
export async function submit(system: TestSystem, changes: Partial<SignedResult> = {}): Promise<Hex> {
  const result = await createResult(system, changes);
  return await system.hub.write.submit([result, await signResult(system, result), maxPayment], {
    value: result.value,
  });
}

/** Arguments of `submitWithCertificate` with what the changes make of a good certificate and a good result. */
export async function createCertifiedSubmission(
  system: TestSystem,
  changes: Partial<OracleCertificate> = {},
  {
    by = registry,
    resultChanges = {},
  }: { by?: PrivateKeyAccount; resultChanges?: Partial<SignedResult> } = {},
): Promise<[OracleCertificate, Hex, SignedResult, Hex, bigint]> {
  const certificate = await createCertificate(system, changes);
  const result = await createResult(system, { registry: by.address, ...resultChanges });
  const signed = await signCertificate(system, certificate, by);
  return [certificate, signed, result, await signResult(system, result), 2n ** 128n];
}

/** Presents the oracle's certificate to the Hub, with result 1000. */
export async function certify(system: TestSystem, changes: Partial<OracleCertificate> = {}): Promise<void> {
  const args = await createCertifiedSubmission(system, changes, { resultChanges: { nonce: 1000n } });
  await system.hub.write.submitWithCertificate(args);
}

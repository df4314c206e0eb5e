import { beforeAll, describe, expect, it } from "vitest";
import { maxUint256 } from "viem";
import {
  createCertificate,
  createResult,
  createSystem,
  maxPayment,
  openChain,
  oracle,
  registry,
  signCertificate,
  signResult,
  testAccount,
} from "./system.ts";
import type { TestSystem } from "./system.ts";

/** At most 1.02 times what was reached; a change that lowers gas lowers its gate. */
const gates = { credit: 75_000n, pull: 93_000n, newOracle: 172_000n, settle: 120_000n };

let system: TestSystem;

async function gasOf(hash: `0x${string}`): Promise<bigint> {
  const receipt = await system.client.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe("success");
  return receipt.gasUsed;
}

async function gasOfSubmission(nonce: bigint): Promise<bigint> {
  const result = await createResult(system, { nonce });
  return await gasOf(await system.hub.write.submit([result, await signResult(system, result), maxPayment]));
}

async function gasOfFirstSubmission(signer: typeof oracle, nonce: bigint): Promise<bigint> {
  const certificate = await createCertificate(system, { oracle: signer.address });
  const result = await createResult(system, { nonce });
  const signatures = [
    await signCertificate(system, certificate),
    await signResult(system, result, signer),
  ] as const;
  return await gasOf(
    await system.hub.write.submitWithCertificate([
      certificate,
      signatures[0],
      result,
      signatures[1],
      maxPayment,
    ]),
  );
}

describe("gas of a submission, revocation and pause checks included", () => {
  beforeAll(async () => {
    system = await createSystem(await openChain());
  });

  it("stays below the gates", async () => {
    const first = await gasOfFirstSubmission(oracle, 1n);
    await gasOfSubmission(2n);
    const pull = await gasOfSubmission(3n);
    const newOracle = await gasOfFirstSubmission(testAccount("oracle 2"), 1n);
    await system.token.write.approve([system.hub.address, maxUint256]);
    const pullUnlimited = await gasOfSubmission(5n);
    await system.hub.write.deposit([1000n]);
    const credit = await gasOfSubmission(4n);
    const settle = await gasOf(await system.hub.write.settle([registry.address, [oracle.address]]));
    const rows = Object.entries({ first, pull, pullUnlimited, newOracle, credit, settle });
    process.stdout.write(`gas: ${rows.map(([name, gas]) => `${name} ${String(gas)}`).join(", ")}\n`);
    expect(credit).toBeLessThanOrEqual(gates.credit);
    expect(pullUnlimited).toBeLessThanOrEqual(gates.pull);
    expect(newOracle).toBeLessThanOrEqual(gates.newOracle);
    expect(settle).toBeLessThanOrEqual(gates.settle);
  });
});

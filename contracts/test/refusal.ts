import { hubAbi } from "#protocol/abi/hub.ts";
import { openContractAbi } from "#protocol/abi/openContract.ts";
import { opnAbi } from "#protocol/abi/opn.ts";
import type { Hex } from "#protocol/bytes.ts";
import { BaseError, decodeErrorResult, isHex, parseAbi } from "viem";
import type { Abi } from "viem";
import { expect } from "vitest";
import { testTargetAbi } from "./testTargetAbi.ts";

const otherErrors = parseAbi([
  "error SimulatedVerifierWrongChain(uint256 chainId)",
  "error SimulatedVerifierNotEndorsed()",
  "error OPNTestnetOnMainnet()",
  "error AccessManagerUnauthorizedAccount(address account, uint64 role)",
  "error AccessManagerNotReady(bytes32 operationId)",
  "error AccessManagerNotScheduled(bytes32 operationId)",
]);

const errorAbi = [...hubAbi, ...testTargetAbi, ...openContractAbi, ...opnAbi, ...otherErrors];

/** Revert data of a failed call, wherever in the chain of causes it lies; undefined where there is none. */
export function revertBytes(error: unknown): Hex | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const found = hexOf(current);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hexOf(error: Error): Hex | undefined {
  if ("raw" in error && isHex(error.raw)) return error.raw;
  if (!("data" in error)) return undefined;
  if (isHex(error.data)) return error.data;
  if (typeof error.data !== "object" || error.data === null || !("data" in error.data)) return undefined;
  return isHex(error.data.data) ? error.data.data : undefined;
}

/** The error that `action` reverts with: its name and arguments. `abi` holds errors beside those of this system. */
export async function refusalOf(
  action: Promise<unknown>,
  abi: Abi = [],
): Promise<{ name: string; args: readonly unknown[] }> {
  try {
    await action;
  } catch (error) {
    const reason = revertBytes(error);
    if (reason === undefined || reason === "0x") {
      throw error instanceof BaseError ? new Error(error.shortMessage, { cause: error }) : error;
    }
    const { errorName, args } = decodeErrorResult({ abi: [...errorAbi, ...abi], data: reason });
    return { name: errorName, args: args ?? [] };
  }
  return { name: "nothing was refused", args: [] };
}

/** Asserts that `action` reverts with the error `name`, and with `args` where they are given. */
export async function expectRefusal(
  action: Promise<unknown>,
  name: string,
  args?: readonly unknown[],
): Promise<void> {
  const refusal = await refusalOf(action);
  expect(refusal.name).toBe(name);
  if (args !== undefined) expect(refusal.args).toEqual(args);
}

import type { Hex } from "#protocol/bytes.ts";
import { hubAbi } from "#protocol/abi/hub.ts";
import { concat, encodeFunctionData, getAddress, parseEther, size } from "viem";
import type { ContractFunctionArgs, ContractFunctionName } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "./freshSystem.ts";
import { expectRefusal, revertBytes } from "./refusal.ts";
import { certify, submit, trySubmit } from "./submission.ts";
import { createResult, maxPayment, oracle, oracleImage, registry, scriptHash, signResult } from "./system.ts";
import type { TestSystem } from "./system.ts";
import { testTargetAbi } from "./testTargetAbi.ts";

type WriteName = ContractFunctionName<typeof testTargetAbi>;

function callOf<Name extends WriteName>(
  functionName: Name,
  args: ContractFunctionArgs<typeof testTargetAbi, "view" | "pure" | "nonpayable" | "payable", Name>,
): Hex {
  // viem's types relate name and arguments only where the name is a literal.
  return encodeFunctionData({ abi: testTargetAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0]);
}

async function reasonOf(action: Promise<unknown>): Promise<Hex | undefined> {
  try {
    await action;
  } catch (error) {
    return revertBytes(error);
  }
  return undefined;
}

describe("the forwarded call", () => {
  const current = freshSystem(certify);
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });

  it("passes on every kind of revert", async () => {
    const text = await reasonOf(trySubmit(system, { call: callOf("failWithText", []) }));
    expect(text?.slice(0, 10)).toBe("0x08c379a0");
    await expectRefusal(trySubmit(system, { call: callOf("failWithError", [42n]) }), "TargetSaysNo", [42n]);
    const panic = await reasonOf(trySubmit(system, { call: callOf("failWithPanic", [0n]) }));
    expect(panic?.slice(0, 10)).toBe("0x4e487b71");
    const silent = trySubmit(system, { call: callOf("shout", [0n, true]) });
    await expectRefusal(silent, "HubCallFailed", [getAddress(system.target.address)]);
  });

  it("innerRevertDoesNotConsumeOrCharge: the result stays good and nobody pays", async () => {
    const user = system.wallets.user.account.address;
    const call = callOf("failWithError", [1n]);
    const result = await createResult(system, { call });
    const args = [result, await signResult(system, result), maxPayment] as const;
    const before = await system.token.read.balanceOf([user]);
    const record = await system.hub.read.oracleRecord([oracle.address, registry.address]);
    await expectRefusal(system.hub.write.submit(args, { gas: 1_000_000n }), "TargetSaysNo");
    expect(await system.token.read.balanceOf([user])).toBe(before);
    expect(await system.hub.read.used([oracle.address, result.nonce])).toBe(false);
    expect(await system.hub.read.oracleRecord([oracle.address, registry.address])).toEqual(record);
  });

  it("gasGriefingCannotConsumeResult: too little gas for the call reverts all, more gas succeeds later", async () => {
    const call = callOf("consume", [600_000n]);
    const result = await createResult(system, { call });
    const args = [result, await signResult(system, result), maxPayment] as const;
    for (const gas of [200_000n, 400_000n, 650_000n]) {
      await expect(system.hub.write.submit(args, { gas })).rejects.toThrow();
      expect(await system.hub.read.used([oracle.address, result.nonce])).toBe(false);
    }
    await system.hub.write.submit(args, { gas: 2_000_000n });
    expect(await system.hub.read.used([oracle.address, result.nonce])).toBe(true);
  });

  it("reports a call that runs out of gas", async () => {
    const attempt = trySubmit(system, { call: callOf("exhaust", []) }, { gas: 8_000_000n });
    await expectRefusal(attempt, "HubCallFailed");
  });

  it("returnBombBounded: passes on 4,096 bytes of an answer or a reason, and no more", async () => {
    expect(size(await trySubmit(system, { call: callOf("shout", [4096n, false]) }))).toBe(4096);
    expect(size(await trySubmit(system, { call: callOf("shout", [4097n, false]) }))).toBe(4096);
    expect(size(await trySubmit(system, { call: callOf("shout", [32n, false]) }))).toBe(32);
    expect(await trySubmit(system)).toBe("0x");
    const reason = await reasonOf(trySubmit(system, { call: callOf("shout", [100_000n, true]) }));
    expect(reason === undefined ? 0 : size(reason)).toBe(4096);
  });

  it("valueIsNeverStuckInHub: wei go to the target or nowhere", async () => {
    const value = parseEther("1");
    await submit(system, { value, call: callOf("pay", []) });
    expect(await system.client.getBalance({ address: system.target.address })).toBe(value);
    await expectRefusal(trySubmit(system, { nonce: 1n, value }), "HubCallFailed");
    expect(await system.client.getBalance({ address: system.hubAddress })).toBe(0n);
    const user = system.wallets.user;
    await expect(user.sendTransaction({ to: system.hubAddress, value })).rejects.toThrow();
  });

  it("calleeKnowsUserAndOracle: the context names user, script, oracle, registry, image and times", async () => {
    const result = await createResult(system, { call: callOf("remember", []) });
    await system.hub.write.submit([result, await signResult(system, result), maxPayment]);
    const [listed] = await system.hub.read.activeRegistries();
    expect(await system.target.read.remembered()).toEqual([
      getAddress(result.user),
      scriptHash,
      oracle.address,
      registry.address,
      Number(listed?.activeFrom),
      oracleImage,
      result.startedAt,
      result.signedAt,
    ]);
    await submit(system, { nonce: 1n, call: callOf("reportUser", [3n]) });
    expect(await system.target.read.reporter()).toBe(getAddress(result.user));
  });

  it("keeps the context from strangers, from other contracts, and after the call", async () => {
    await expectRefusal(system.hub.read.context(), "HubNoContext");
    await expectRefusal(system.target.read.askContext(), "HubNoContext", [getAddress(system.target.address)]);
    await submit(system);
    await expectRefusal(system.target.read.askContext(), "HubNoContext");
  });

  it("refuses to be entered again from the called contract", async () => {
    const result = await createResult(system, { nonce: 77n });
    const signature = await signResult(system, result);
    const inner: readonly Hex[] = [
      encodeFunctionData({ abi: hubAbi, functionName: "submit", args: [result, signature, maxPayment] }),
      encodeFunctionData({ abi: hubAbi, functionName: "deposit", args: [1n] }),
      encodeFunctionData({ abi: hubAbi, functionName: "withdraw", args: [1n] }),
      encodeFunctionData({ abi: hubAbi, functionName: "settle", args: [registry.address, [oracle.address]] }),
      encodeFunctionData({ abi: hubAbi, functionName: "registerRegistry", args: ["0x", "0x"] }),
    ];
    for (const data of inner) {
      await expectRefusal(
        trySubmit(system, { call: callOf("callBack", [data]) }),
        "ReentrancyGuardReentrantCall",
      );
    }
  });

  it("lets a called contract change its own scripts", async () => {
    const selector = concat([callOf("report", [0n]).slice(0, 10) as Hex]);
    const data = encodeFunctionData({
      abi: hubAbi,
      functionName: "disallowOracle",
      args: [selector, scriptHash],
    });
    await submit(system, { call: callOf("callBack", [data]) });
    await expectRefusal(trySubmit(system, { nonce: 1n }), "HubOracleHashNotAllowed");
  });
});

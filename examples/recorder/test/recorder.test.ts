import type { Address } from "#protocol/bytes.ts";
import { concat, encodeFunctionData, getAddress, parseAbi, parseEventLogs, toFunctionSelector } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "../../../contracts/test/freshSystem.ts";
import { expectRefusal } from "../../../contracts/test/refusal.ts";
import { certify, submit, trySubmit } from "../../../contracts/test/submission.ts";
import { scriptHash, testAccount, type TestSystem } from "../../../contracts/test/system.ts";
import { recorderAbi } from "./recorderAbi.ts";

const abi = parseAbi(["function report(string text, uint256[] amounts)", "function other()"]);
const call = encodeFunctionData({ abi, functionName: "report", args: ["text", [1n, 2n]] });
const selector = toFunctionSelector("report(string,uint256[])");

describe("Recorder", () => {
  let target: Address;
  const current = freshSystem(async (system) => {
    await certify(system);
    const { viem } = system.connection;
    const recorder = await viem.deployContract("Recorder", [system.hubAddress, selector, scriptHash]);
    target = recorder.address;
  });
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });

  it("records the call and whose it is", async () => {
    const hash = await submit(system, { target, call });
    const { logs } = await system.client.getTransactionReceipt({ hash });
    const [recorded] = parseEventLogs({ abi: recorderAbi, logs });
    expect(recorded?.args).toEqual({ user: getAddress(system.wallets.user.account.address), call });
  });

  it("takes one function of one script", async () => {
    const other = encodeFunctionData({ abi, functionName: "other" });
    await expectRefusal(trySubmit(system, { target, call: other }), "HubOracleHashNotAllowed");
    const oracleHash = concat(["0x01", scriptHash.replace(/..$/, "") as typeof scriptHash]);
    await expectRefusal(trySubmit(system, { target, call, oracleHash }), "HubOracleHashNotAllowed");
  });

  it("lets nobody past the Hub", async () => {
    const sent = system.wallets.user.sendTransaction({ to: target, data: call });
    await expectRefusal(sent, "OpenContractNotHub", [getAddress(system.wallets.user.account.address)]);
  });

  it("needs a Hub that has code", async () => {
    const { address } = testAccount("no hub");
    const deployment = system.connection.viem.deployContract("Recorder", [address, selector, scriptHash]);
    await expectRefusal(deployment, "OpenContractHubWithoutCode", [address]);
  });
});

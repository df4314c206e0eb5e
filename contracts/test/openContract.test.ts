import { zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "./freshSystem.ts";
import { expectRefusal } from "./refusal.ts";
import { certify, submit, trySubmit } from "./submission.ts";
import { reportCall, scriptHash, selectorOf, testAccount } from "./system.ts";
import type { TestSystem } from "./system.ts";

const otherHash = `0x${"ab".repeat(32)}` as const;
const selector = selectorOf("report");

describe("OpenContract", () => {
  const current = freshSystem(certify);
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });
  const isAllowed = (hash: `0x${string}`) =>
    system.hub.read.isAllowed([system.target.address, selector, hash]);

  it("baseContractUsesImmutableHub: is fixed to a Hub that has code", async () => {
    expect((await system.target.read.hub()).toLowerCase()).toBe(system.hubAddress.toLowerCase());
    const { address } = testAccount("no hub");
    const deployment = system.connection.viem.deployContract("TestTarget", [address]);
    await expectRefusal(deployment, "OpenContractHubWithoutCode", [address]);
  });

  it("lets nobody but the Hub into a guarded function", async () => {
    await expectRefusal(system.target.write.report([1n]), "OpenContractNotHub");
  });

  it("setOracleHash twice: the first script no longer passes", async () => {
    await system.target.write.nameScript([selector, otherHash]);
    expect(await isAllowed(scriptHash)).toBe(false);
    expect(await isAllowed(otherHash)).toBe(true);
    expect(await system.target.read.oracleHash([selector])).toBe(otherHash);
    await expectRefusal(trySubmit(system), "HubOracleHashNotAllowed");
    await submit(system, { oracleHash: otherHash });
  });

  it("names no script by zero", async () => {
    await system.target.write.nameScript([selector, zeroHash]);
    expect(await isAllowed(scriptHash)).toBe(false);
    expect(await isAllowed(zeroHash)).toBe(false);
    await system.target.write.nameScript([selector, scriptHash]);
    expect(await isAllowed(scriptHash)).toBe(true);
  });

  it("names the same script again without harm", async () => {
    await system.target.write.nameScript([selector, scriptHash]);
    expect(await isAllowed(scriptHash)).toBe(true);
  });

  it("allows several scripts side by side, and takes each back alone", async () => {
    await system.target.write.addScript([selector, otherHash]);
    await submit(system);
    await submit(system, { nonce: 1n, oracleHash: otherHash });
    await system.target.write.removeScript([selector, scriptHash]);
    await expectRefusal(trySubmit(system, { nonce: 2n }), "HubOracleHashNotAllowed");
    await submit(system, { nonce: 2n, oracleHash: otherHash });
    await system.target.write.nameScript([selector, scriptHash]);
    expect(await isAllowed(otherHash)).toBe(true);
  });

  it("allows a script from a time ahead on", async () => {
    const validFrom = (await system.time.latest()) + 1000;
    await system.target.write.addScriptFrom([selector, otherHash, validFrom]);
    expect(await system.hub.read.allowedFrom([system.target.address, selector, otherHash])).toBe(validFrom);
    await expectRefusal(trySubmit(system, { oracleHash: otherHash }), "HubOracleHashNotAllowed");
    await system.time.increaseTo(validFrom);
    await submit(system, { oracleHash: otherHash });
  });

  it("starts no script in the past", async () => {
    await system.target.write.addScriptFrom([selector, otherHash, 1]);
    const validFrom = await system.hub.read.allowedFrom([system.target.address, selector, otherHash]);
    expect(validFrom).toBe(await system.time.latest());
  });

  it("refuses to allow the zero hash, and to take back what was not given", async () => {
    await expectRefusal(system.target.write.addScript([selector, zeroHash]), "HubZeroOracleHash");
    await expectRefusal(system.target.write.removeScript([selector, otherHash]), "HubOracleHashUnknown");
  });

  it("a stranger allows for itself alone", async () => {
    const stranger = system.hubAt(system.wallets.stranger);
    await stranger.write.allowOracle([selector, otherHash]);
    expect(await isAllowed(otherHash)).toBe(false);
    await expectRefusal(stranger.write.disallowOracle([selector, scriptHash]), "HubOracleHashUnknown");
    const account = system.wallets.stranger.account.address;
    await expectRefusal(
      trySubmit(system, { target: account, oracleHash: otherHash }),
      "HubTargetWithoutCode",
    );
  });

  it("does not confuse functions: a script named for one cannot call another", async () => {
    await system.target.write.nameScript([selectorOf("pay"), otherHash]);
    const call = reportCall(1n);
    await expectRefusal(trySubmit(system, { call, oracleHash: otherHash }), "HubOracleHashNotAllowed");
  });
});

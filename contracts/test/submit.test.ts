import type { Hex } from "#protocol/bytes.ts";
import { hubDomain, resultDigest } from "#protocol/eip712.ts";
import type { SignedResult } from "#protocol/eip712.ts";
import { concat, getAddress, hexToBigInt, numberToHex, parseEventLogs, size, slice, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { hubAbi } from "#protocol/abi/hub.ts";
import { freshSystem } from "./freshSystem.ts";
import { expectRefusal } from "./refusal.ts";
import { certify, trySigned, trySubmit } from "./submission.ts";
import {
  createResult,
  maxPayment,
  oracle,
  registry,
  reportCall,
  scriptHash,
  selectorOf,
  signResult,
  surcharge,
  testAccount,
} from "./system.ts";
import type { TestSystem } from "./system.ts";

const curveOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("submit", () => {
  const current = freshSystem(certify);
  let system: TestSystem;
  const attempt = (changes: Partial<SignedResult> = {}) => trySubmit(system, changes);
  const attemptSigned = (result: SignedResult, signature: Hex) => trySigned(system, [result, signature]);
  beforeEach(() => {
    system = current();
  });

  it("calls the target, takes the payment, and says so in one event", async () => {
    const before = await system.token.read.balanceOf([system.wallets.user.account.address]);
    const result = await createResult(system);
    const hash = await system.hub.write.submit([result, await signResult(system, result), maxPayment]);
    const { logs } = await system.client.waitForTransactionReceipt({ hash });
    const [submitted, ...more] = parseEventLogs({ abi: hubAbi, eventName: "Submitted", logs });
    expect(more).toEqual([]);
    expect(submitted?.args).toEqual({
      target: getAddress(system.target.address),
      user: getAddress(result.user),
      oracleHash: scriptHash,
      oracle: oracle.address,
      digest: resultDigest(system.domain, result),
      paid: maxPayment,
      burned: surcharge,
    });
    expect(await system.target.read.reported()).toBe(7n);
    expect(await system.token.read.balanceOf([result.user])).toBe(before - maxPayment);
    expect(await system.hub.read.used([oracle.address, 0n])).toBe(true);
    expect(await system.hub.read.used([oracle.address, 1n])).toBe(false);
  });

  it("onlyUserOrAuthorisedRelayerSubmits: refuses any other sender than the user", async () => {
    const result = await createResult(system);
    const signed = [result, await signResult(system, result)] as const;
    const account = system.wallets.stranger.account.address;
    await expectRefusal(trySigned(system, signed, { account }), "HubWrongSubmitter");
  });

  it("valueIsSigned: refuses other wei than the result says", async () => {
    const result = await createResult(system, { value: 5n });
    const signed = [result, await signResult(system, result)] as const;
    await expectRefusal(trySigned(system, signed, { value: 4n }), "HubWrongValue", [5n, 4n]);
    await expectRefusal(trySigned(system, signed, { value: 0n }), "HubWrongValue", [5n, 0n]);
  });

  it("userCapsPrice: refuses to take more than maxPayment, surcharge included", async () => {
    await expectRefusal(trySubmit(system, {}, { max: maxPayment - 1n }), "HubPaymentAboveMaximum", [
      maxPayment,
      maxPayment - 1n,
    ]);
    await trySubmit(system, {}, { max: maxPayment });
  });

  it("resultExpires: refuses a result after its deadline", async () => {
    const result = await createResult(system, { deadline: (await system.time.latest()) + 100 });
    const signature = await signResult(system, result);
    await system.time.increaseTo(result.deadline + 1);
    await expectRefusal(attemptSigned(result, signature), "HubResultExpired", [result.deadline]);
  });

  it("refuses a result signed in the future", async () => {
    const signedAt = (await system.time.latest()) + 600;
    await expectRefusal(attempt({ signedAt, deadline: signedAt + 60 }), "HubResultFromFuture", [signedAt]);
  });

  it("refuses times that are not in order", async () => {
    const now = await system.time.latest();
    await expectRefusal(attempt({ startedAt: now + 1 }), "HubResultTimesDisordered");
    await expectRefusal(attempt({ signedAt: now + 50, deadline: now + 40 }), "HubResultTimesDisordered");
  });

  it("shortCalldataRejected: refuses a call without a selector", async () => {
    for (const call of ["0x", "0x12", "0x123456"] as const) {
      await expectRefusal(attempt({ call }), "HubCallTooShort", [BigInt(size(call))]);
    }
  });

  it("resultCannotBeBurntOnCodelessAddress: refuses a target without code", async () => {
    const target = testAccount("nobody").address;
    await expectRefusal(attempt({ target }), "HubTargetWithoutCode", [target]);
    await expectRefusal(
      attempt({ target: "0x0000000000000000000000000000000000000002" }),
      "HubTargetWithoutCode",
    );
  });

  it("hubIsNotAConfusedDeputy: refuses the Hub, the token and the burner as targets", async () => {
    for (const target of [system.hubAddress, system.opn, system.burner]) {
      await expectRefusal(attempt({ target }), "HubOracleHashNotAllowed");
    }
  });

  it("unsetHashForbidsInsteadOfAllowsAll: refuses scripts that the target has not named", async () => {
    await expectRefusal(attempt({ oracleHash: zeroHash }), "HubOracleHashNotAllowed");
    await expectRefusal(
      attempt({ oracleHash: oracle.address.padEnd(66, "0") as Hex }),
      "HubOracleHashNotAllowed",
    );
    const call = concat([selectorOf("reported"), numberToHex(0n, { size: 32 })]);
    await expectRefusal(attempt({ call }), "HubOracleHashNotAllowed");
  });

  it("hashChangeIsAnnounced: a script replaced between run and submission no longer passes", async () => {
    const selector = selectorOf("report");
    const newHash = `0x${"ab".repeat(32)}` as const;
    await attempt();
    const hash = await system.target.write.nameScript([selector, newHash]);
    const { logs } = await system.client.waitForTransactionReceipt({ hash });
    const names = parseEventLogs({ abi: hubAbi, logs }).map((log) => log.eventName);
    expect(names).toEqual(["OracleDisallowed", "OracleAllowed"]);
    await expectRefusal(attempt(), "HubOracleHashNotAllowed");
    await attempt({ oracleHash: newHash });
  });

  it("refuses an oracle without a certificate of the result's registry", async () => {
    const other = testAccount("other oracle");
    const result = await createResult(system);
    await expectRefusal(attemptSigned(result, await signResult(system, result, other)), "HubUnknownOracle", [
      other.address,
      registry.address,
    ]);
    const stranger = testAccount("other registry").address;
    await expectRefusal(attempt({ registry: stranger }), "HubUnknownOracle", [oracle.address, stranger]);
  });

  it("certificateExpires: refuses a deadline beyond the certificate", async () => {
    const { notAfter } = await system.hub.read.oracleRecord([oracle.address, registry.address]);
    await expectRefusal(attempt({ deadline: notAfter + 1 }), "HubCertificateExpired", [notAfter]);
    await attempt({ deadline: notAfter });
  });

  it("noncesDoNotCollide: refuses a result twice, and takes equal facts with another nonce", async () => {
    const result = await createResult(system, { nonce: 256n });
    const signature = await signResult(system, result);
    await system.hub.write.submit([result, signature, maxPayment]);
    await expectRefusal(attemptSigned(result, signature), "HubNonceUsed", [oracle.address, 256n]);
    await attempt({ nonce: 0n });
    await attempt({ nonce: 257n });
    await attempt({ nonce: 2n ** 256n - 1n });
  });

  it("refuses a new nonce in any signed field's stead: each field is signed", async () => {
    const result = await createResult(system);
    const signature = await signResult(system, result);
    const now = result.signedAt;
    const changes: readonly Partial<SignedResult>[] = [
      { nonce: 1n },
      { startedAt: result.startedAt - 1 },
      { signedAt: now - 1 },
      { deadline: result.deadline + 1 },
      { value: 1n },
      { call: reportCall(8n) },
    ];
    await system.setBalance(system.wallets.user.account.address, 10n ** 21n);
    for (const change of changes) {
      await expectRefusal(attemptSigned({ ...result, ...change }, signature), "HubUnknownOracle");
    }
  });

  it("resultIsBoundToTarget: refuses the same result on another contract that named the script", async () => {
    const { address } = await system.connection.viem.deployContract("TestTarget", [system.hubAddress]);
    await system.wallets.deployer.writeContract({
      address,
      abi: system.target.abi,
      functionName: "nameScript",
      args: [selectorOf("report"), scriptHash],
    });
    const result = await createResult(system);
    const signature = await signResult(system, result);
    await expectRefusal(attemptSigned({ ...result, target: address }, signature), "HubUnknownOracle");
  });

  it("signatureHasDomain: refuses a signature for another chain or another Hub", async () => {
    const result = await createResult(system);
    const { chainId, verifyingContract } = system.domain;
    for (const domain of [hubDomain(chainId + 1, verifyingContract), hubDomain(chainId, system.opn)]) {
      await expectRefusal(attemptSigned(result, await signResult({ domain }, result)), "HubUnknownOracle");
    }
  });

  it("compactSignatureFormPolicy: takes 65 bytes with low s alone", async () => {
    const result = await createResult(system);
    const signature = await signResult(system, result);
    const [r, s, v] = [slice(signature, 0, 32), slice(signature, 32, 64), slice(signature, 64)];
    const high = numberToHex(curveOrder - hexToBigInt(s), { size: 32 });
    const flipped = v === "0x1b" ? "0x1c" : "0x1b";
    const yParity = v === "0x1b" ? 0n : 1n << 255n;
    const compact = concat([r, numberToHex(hexToBigInt(s) | yParity, { size: 32 })]);
    const twins: readonly Hex[] = [
      concat([r, high, flipped]),
      concat([r, s, "0x1d"]),
      concat([r, s, "0x00"]),
      concat([zeroHash, zeroHash, v]),
      compact,
      concat([signature, "0x00"]),
      "0x",
    ];
    for (const twin of twins) await expectRefusal(attemptSigned(result, twin), "HubSignatureInvalid");
    await attemptSigned(result, signature);
  });

  it("refuses while paused, and only then: users withdraw and providers settle", async () => {
    await system.hub.write.deposit([1000n]);
    const guardian = system.hubAt(system.wallets.guardian);
    await guardian.write.pauseSubmissions([3600]);
    await expectRefusal(attempt(), "HubPaused");
    await system.hub.write.withdraw([1000n]);
    await system.hub.write.settle([registry.address, [oracle.address]]);
    await guardian.write.resumeSubmissions();
    await attempt();
  });
});

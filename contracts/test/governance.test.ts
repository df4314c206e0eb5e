import { hubAbi } from "#protocol/abi/hub.ts";
import { keccak256, parseEventLogs, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "./freshSystem.ts";
import { expectRefusal } from "./refusal.ts";
import { oracle, oracleImage, registry, registryImage, testAccount } from "./system.ts";
import type { TestSystem } from "./system.ts";

const nextImage = keccak256("0x07");
const week = 7 * 86_400;

describe("governance", () => {
  const current = freshSystem(() => Promise.resolve());
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });
  const governance = () => system.hubAt(system.wallets.governance);
  const guardian = () => system.hubAt(system.wallets.guardian);
  const inTime = async (seconds: number) => (await system.time.latest()) + seconds;

  it("deployerHasNoPowerAfterIgnition: deployer and strangers can do nothing that is governed", async () => {
    const { deployer, stranger, user } = system.wallets;
    const at = await inTime(2 * week);
    for (const wallet of [deployer, stranger, user]) {
      const hub = system.hubAt(wallet);
      const attempts = [
        hub.write.scheduleImage([nextImage, 1, at]),
        hub.write.retireImage([oracleImage, at]),
        hub.write.retireImageNow([oracleImage]),
        hub.write.cancelImage([oracleImage]),
        hub.write.revokeRegistry([registry.address]),
        hub.write.revokeOracle([oracle.address]),
        hub.write.pauseSubmissions([1]),
        hub.write.resumeSubmissions(),
        hub.write.setAuthority([wallet.account.address]),
      ];
      for (const attempt of attempts) await expectRefusal(attempt, "AccessManagedUnauthorized");
    }
    const abi = [
      {
        type: "function",
        name: "hasRole",
        stateMutability: "view",
        inputs: [{ type: "uint64" }, { type: "address" }],
        outputs: [{ type: "bool" }, { type: "uint32" }],
      },
    ] as const;
    for (const role of [0n, 1n, 2n]) {
      const [member] = await system.client.readContract({
        address: system.authority,
        abi,
        functionName: "hasRole",
        args: [role, deployer.account.address],
      });
      expect(member).toBe(false);
    }
  });

  it("keeps guardian and governance to their own", async () => {
    const at = await inTime(2 * week);
    await expectRefusal(guardian().write.scheduleImage([nextImage, 1, at]), "AccessManagedUnauthorized");
    await expectRefusal(guardian().write.retireImage([oracleImage, at]), "AccessManagedUnauthorized");
    await expectRefusal(governance().write.revokeRegistry([registry.address]), "AccessManagedUnauthorized");
    await expectRefusal(governance().write.pauseSubmissions([1]), "AccessManagedUnauthorized");
  });

  it("hubVerifierCannotBeSwapped: the verifier is fixed", async () => {
    expect((await system.hub.read.attestationVerifier()).toLowerCase()).toBe(system.verifier.toLowerCase());
    const setters = hubAbi.filter((item) => item.type === "function" && /verifier/i.test(item.name));
    expect(setters.map((item) => ("stateMutability" in item ? item.stateMutability : ""))).toEqual(["view"]);
  });

  it("refuses an image sooner than 7 days ahead, also by a governance without delay", async () => {
    const tooSoon = governance().write.scheduleImage([nextImage, 1, await inTime(week - 60)]);
    await expectRefusal(tooSoon, "RosterImageTooSoon");
    await governance().write.scheduleImage([nextImage, 1, await inTime(week + 60)]);
    expect(await system.hub.read.isActiveImage([nextImage, 1])).toBe(false);
    await system.time.increase(week + 60);
    expect(await system.hub.read.isActiveImage([nextImage, 1])).toBe(true);
    expect(await system.hub.read.isActiveImage([nextImage, 2])).toBe(false);
  });

  it("refuses images of an unknown kind, zero, debug mode's, and known ones", async () => {
    const at = await inTime(2 * week);
    await expectRefusal(governance().write.scheduleImage([nextImage, 0, at]), "RosterUnknownKind");
    await expectRefusal(governance().write.scheduleImage([nextImage, 3, at]), "RosterUnknownKind");
    await expectRefusal(governance().write.scheduleImage([zeroHash, 1, at]), "RosterForbiddenImage");
    const debug = keccak256(`0x${"00".repeat(144)}`);
    await expectRefusal(governance().write.scheduleImage([debug, 1, at]), "RosterForbiddenImage");
    await expectRefusal(governance().write.scheduleImage([oracleImage, 2, at]), "RosterImageKnown");
  });

  it("lets the guardian cancel an image before it is active, and only then", async () => {
    await governance().write.scheduleImage([nextImage, 1, await inTime(week + 60)]);
    await guardian().write.cancelImage([nextImage]);
    await expectRefusal(guardian().write.cancelImage([nextImage]), "RosterRetirementInvalid");
    await system.time.increase(week + 100);
    expect(await system.hub.read.isActiveImage([nextImage, 1])).toBe(false);
    await expectRefusal(guardian().write.cancelImage([oracleImage]), "RosterImageActive");
    await expectRefusal(guardian().write.cancelImage([zeroHash]), "RosterImageUnknown");
  });

  it("retires an image ahead of time; the time can only come nearer", async () => {
    const at = await inTime(week);
    await governance().write.retireImage([oracleImage, at]);
    expect(await system.hub.read.isActiveImage([oracleImage, 1])).toBe(true);
    await expectRefusal(governance().write.retireImage([oracleImage, at + 1]), "RosterRetirementInvalid");
    await expectRefusal(
      governance().write.retireImage([oracleImage, (await system.time.latest()) - 10]),
      "RosterRetirementInvalid",
    );
    await governance().write.retireImage([oracleImage, at - 100]);
    await system.time.increaseTo(at - 100);
    expect(await system.hub.read.isActiveImage([oracleImage, 1])).toBe(false);
  });

  it("pauseOnlyStopsNewSubmissions: at most 14 days, not again within 30", async () => {
    await expectRefusal(guardian().write.pauseSubmissions([0]), "HubPauseTooLong");
    await expectRefusal(guardian().write.pauseSubmissions([2 * week + 1]), "HubPauseTooLong");
    await guardian().write.pauseSubmissions([2 * week]);
    await expectRefusal(guardian().write.pauseSubmissions([1]), "HubPauseTooSoon");
    await guardian().write.resumeSubmissions();
    await system.time.increase(29 * 86_400);
    await expectRefusal(guardian().write.pauseSubmissions([1]), "HubPauseTooSoon");
    await system.time.increase(86_400);
    await guardian().write.pauseSubmissions([1]);
  });

  it("refuses a revocation that changes nothing", async () => {
    await guardian().write.revokeOracle([oracle.address]);
    await expectRefusal(guardian().write.revokeOracle([oracle.address]), "HubRevocationInvalid");
    await expectRefusal(guardian().write.revokeOracle([zeroAddress]), "HubRevocationInvalid");
  });

  it("eventsForEveryStateChange: each governed call leaves one", async () => {
    const at = await inTime(2 * week);
    const hashes = [
      await governance().write.scheduleImage([nextImage, 1, at]),
      await guardian().write.cancelImage([nextImage]),
      await governance().write.retireImage([registryImage, at]),
      await guardian().write.retireImageNow([oracleImage]),
      await guardian().write.revokeRegistry([registry.address]),
      await guardian().write.revokeOracle([oracle.address]),
      await guardian().write.pauseSubmissions([10]),
      await guardian().write.resumeSubmissions(),
    ];
    const names: string[] = [];
    for (const hash of hashes) {
      const { logs } = await system.client.waitForTransactionReceipt({ hash });
      names.push(...parseEventLogs({ abi: hubAbi, logs }).map((log) => log.eventName));
    }
    expect(names).toEqual([
      "ImageScheduled",
      "ImageCancelled",
      "ImageRetired",
      "ImageRetired",
      "RegistryRevoked",
      "RegistryDelisted",
      "OracleRevoked",
      "PauseSet",
      "PauseSet",
    ]);
  });

  it("refuses to be constructed without authority, verifier, token or burner, or with a long pending period", async () => {
    const { viem } = system.connection;
    const config = { authority: system.authority, verifier: system.verifier, pendingPeriod: 0 };
    const deploy = (token: string, burner: string, changes: object) =>
      viem.deployContract("OpenContractsHub", [token, burner, { ...config, ...changes }, []]);
    await expectRefusal(deploy(zeroAddress, system.burner, {}), "RosterZeroAddress");
    await expectRefusal(deploy(system.opn, zeroAddress, {}), "RosterZeroAddress");
    await expectRefusal(deploy(system.opn, system.burner, { authority: zeroAddress }), "RosterZeroAddress");
    await expectRefusal(deploy(system.opn, system.burner, { verifier: zeroAddress }), "RosterZeroAddress");
    await expectRefusal(
      deploy(system.opn, system.burner, { pendingPeriod: week + 1 }),
      "RosterPendingPeriodTooLong",
    );
  });

  it("holds no more than 255 images", async () => {
    const { viem } = system.connection;
    const config = { authority: system.authority, verifier: system.verifier, pendingPeriod: 0 };
    const imageOf = (index: number) => keccak256(testAccount(`image ${String(index)}`).address);
    const images = Array.from({ length: 150 }, (_, index) => ({ image: imageOf(index), kind: 1 }));
    const { address } = await viem.deployContract("OpenContractsHub", [
      system.opn,
      system.burner,
      config,
      images,
    ]);
    const at = await inTime(2 * week);
    // The functions of a Hub without roles of its own belong to the admin of the authority.
    const schedule = (index: number) =>
      system.wallets.governance.writeContract({
        address,
        abi: hubAbi,
        functionName: "scheduleImage",
        args: [imageOf(index), 1, at],
      });
    for (let index = 150; index < 255; index += 1) await schedule(index);
    await expectRefusal(schedule(255), "RosterFull");
  });
});

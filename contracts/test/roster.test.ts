import type { Hex } from "#protocol/bytes.ts";
import { hubAbi } from "#protocol/abi/hub.ts";
import {
  concat,
  encodeAbiParameters,
  getAddress,
  keccak256,
  pad,
  parseEventLogs,
  slice,
  zeroAddress,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "./freshSystem.ts";
import { expectRefusal } from "./refusal.ts";
import {
  createRegistration,
  encodeIdentity,
  oracleImage,
  registerRegistry,
  registry,
  registryImage,
  scriptHash,
  testAccount,
} from "./system.ts";
import type { DocumentParts, TestSystem } from "./system.ts";

const newcomer = testAccount("newcomer").address;

describe("the roster of registries", () => {
  const current = freshSystem(() => Promise.resolve());
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });
  const attempt = (parts: DocumentParts = {}) => registerRegistry(system, newcomer, parts);

  it("admits a registry by its document, sent by anyone, and lists it", async () => {
    const stranger = system.hubAt(system.wallets.stranger);
    const hash = await stranger.write.registerRegistry(await createRegistration(system, newcomer));
    const { logs } = await system.client.waitForTransactionReceipt({ hash });
    const names = parseEventLogs({ abi: hubAbi, logs }).map((log) => log.eventName);
    expect(names).toEqual(["RegistryAdded", "RegistryRenewed"]);
    const views = await system.hub.read.activeRegistries();
    expect(views.map((view) => view.signer)).toEqual([registry.address, newcomer]);
    expect(views[1]).toMatchObject({
      provider: getAddress(system.wallets.registryProvider.account.address),
      image: registryImage,
      endpoint: "",
    });
    expect(await system.hub.read.isActiveRegistry([newcomer])).toBe(true);
  });

  it("noOwnerBackdoor: no function of the Hub takes a key but by a document", () => {
    const writers = hubAbi.filter(
      (item) =>
        item.type === "function" && item.stateMutability !== "view" && item.stateMutability !== "pure",
    );
    expect(writers.map((item) => ("name" in item ? item.name : "")).sort()).toEqual([
      "allowOracle",
      "allowOracleFrom",
      "cancelImage",
      "delistRegistry",
      "deposit",
      "disallowOracle",
      "drainRegistry",
      "pauseSubmissions",
      "registerRegistry",
      "resumeSubmissions",
      "retireImage",
      "retireImageNow",
      "revokeOracle",
      "revokeRegistry",
      "scheduleImage",
      "setAuthority",
      "setEndpoint",
      "settle",
      "submit",
      "submitWithCertificate",
      "withdraw",
    ]);
  });

  it("refuses a document that the simulation key has not endorsed", async () => {
    const [document, hints] = await createRegistration(system, newcomer);
    const others = [concat([document, "0x00"]), "0x"] as const;
    for (const other of others) {
      await expectRefusal(system.hub.write.registerRegistry([other, hints]), "SimulatedVerifierNotEndorsed");
    }
  });

  it("refuses a document for another chain or another Hub", async () => {
    const other = (chainId: number, hub: Hex) =>
      keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "address" }], [BigInt(chainId), hub]));
    const nonces: readonly Hex[] = [
      other(system.chainId + 1, system.hubAddress),
      other(system.chainId, system.opn),
      "0x",
      slice(other(system.chainId, system.hubAddress), 0, 31),
      concat([other(system.chainId, system.hubAddress), "0x00"]),
    ];
    for (const nonce of nonces) await expectRefusal(attempt({ nonce }), "RosterNonceMismatch");
  });

  it("refuses a document that is too old or too far ahead", async () => {
    const now = BigInt(await system.time.latest());
    await expectRefusal(attempt({ timestampMs: (now - 910n) * 1000n }), "RosterDocumentTooOld");
    await expectRefusal(attempt({ timestampMs: (now + 400n) * 1000n }), "RosterDocumentFromFuture");
    await attempt({ timestampMs: (now - 800n) * 1000n });
  });

  it("refuses images that are not registry images", async () => {
    await expectRefusal(attempt({ image: oracleImage }), "RosterImageInactive", [oracleImage, 2]);
    await expectRefusal(attempt({ image: scriptHash }), "RosterImageInactive", [scriptHash, 2]);
  });

  it("refuses any identity but the 73 bytes of a registry", async () => {
    const provider = system.wallets.registryProvider.account.address;
    const good = encodeIdentity(2, newcomer, provider);
    const malformed: readonly Hex[] = [
      "0x",
      slice(good, 0, 72),
      concat([good, "0x00"]),
      encodeIdentity(1, newcomer, provider),
      encodeIdentity(3, newcomer, provider),
      concat(["0x4f", slice(good, 1)]),
      concat([slice(good, 0, 31), "0x01", slice(good, 32)]),
    ];
    for (const userData of malformed) {
      await expectRefusal(attempt({ userData }), "RosterIdentityMalformed");
    }
    await attempt({ userData: good });
  });

  it("refuses a zero signer and a provider that cannot be paid", async () => {
    await expectRefusal(registerRegistry(system, zeroAddress), "RosterIdentityForbidden");
    for (const provider of [zeroAddress, system.hubAddress, system.opn, system.burner]) {
      await expectRefusal(attempt({ provider }), "RosterIdentityForbidden", [getAddress(provider)]);
    }
  });

  it("registryProviderCannotBeOverwritten: a later document cannot change the provider", async () => {
    const provider = testAccount("thief").address;
    const renewal = registerRegistry(system, registry.address, { provider });
    await expectRefusal(renewal, "RosterRegistryMismatch", [registry.address]);
  });

  it("renews by a fresh document, and never shortens", async () => {
    const untilOf = async () => (await system.hub.read.activeRegistries())[0]?.until;
    const first = (await untilOf()) ?? 0n;
    const old = BigInt(await system.time.latest()) * 1000n - 60_000n;
    await registerRegistry(system, registry.address, { timestampMs: old });
    expect(await untilOf()).toBe(first);
    await system.time.increase(1000);
    await registerRegistry(system, registry.address);
    expect(await untilOf()).toBeGreaterThan(first);
  });

  it("registryDomainsAreBounded: only the provider sets an endpoint of 1 to 128 printable characters", async () => {
    const provider = system.hubAt(system.wallets.registryProvider);
    const endpoint = "wss://registry.example/open-contracts";
    await provider.write.setEndpoint([registry.address, endpoint]);
    expect((await system.hub.read.activeRegistries())[0]?.endpoint).toBe(endpoint);
    await provider.write.setEndpoint([registry.address, "x".repeat(128)]);
    for (const bad of ["", "x".repeat(129), "wss://a b", "wss://a\n", "wss://\u00e9"]) {
      await expectRefusal(provider.write.setEndpoint([registry.address, bad]), "RosterEndpointInvalid");
    }
    await expectRefusal(system.hub.write.setEndpoint([registry.address, endpoint]), "RosterNotProvider");
    await expectRefusal(provider.write.setEndpoint([newcomer, endpoint]), "RosterUnknownRegistry");
  });

  it("drains by the provider's word, once, without return", async () => {
    await expectRefusal(system.hub.write.drainRegistry([registry.address]), "RosterNotProvider");
    const provider = system.hubAt(system.wallets.registryProvider);
    await provider.write.drainRegistry([registry.address]);
    expect(await system.hub.read.isActiveRegistry([registry.address])).toBe(false);
    expect(await system.hub.read.activeRegistries()).toEqual([]);
    await expectRefusal(provider.write.drainRegistry([registry.address]), "RosterRegistryDraining");
    await expectRefusal(registerRegistry(system, registry.address), "RosterRegistryDraining");
  });

  it("delists what is over, and nothing else", async () => {
    await attempt();
    await expectRefusal(system.hub.write.delistRegistry([newcomer]), "RosterRegistryAlive");
    await expectRefusal(system.hub.write.delistRegistry([scriptHashAddress()]), "RosterUnknownRegistry");
    await system.time.increase(31 * 86_400);
    await system.hub.write.delistRegistry([registry.address]);
    await expectRefusal(system.hub.write.delistRegistry([registry.address]), "RosterRegistryAlive");
    await registerRegistry(system, newcomer);
    await registerRegistry(system, registry.address);
    const views = await system.hub.read.activeRegistries();
    expect(views.map((view) => view.signer)).toEqual([newcomer, registry.address]);
  });

  it("takes a revoked registry out of the list", async () => {
    await attempt();
    const guardian = system.hubAt(system.wallets.guardian);
    await guardian.write.revokeRegistry([registry.address]);
    const views = await system.hub.read.activeRegistries();
    expect(views.map((view) => view.signer)).toEqual([newcomer]);
    await expectRefusal(guardian.write.revokeRegistry([registry.address]), "RosterRegistryRevoked");
    await expectRefusal(guardian.write.revokeRegistry([scriptHashAddress()]), "RosterUnknownRegistry");
    const provider = system.hubAt(system.wallets.registryProvider);
    await expectRefusal(provider.write.drainRegistry([registry.address]), "RosterRegistryRevoked");
  });

  function scriptHashAddress(): Hex {
    return pad("0x99", { size: 20 });
  }

  it("keeps a registry pending as long as the deployment says, where the guardian can veto", async () => {
    const { viem } = system.connection;
    const config = { authority: system.authority, verifier: system.verifier, pendingPeriod: 86_400 };
    const images = [{ image: registryImage, kind: 2 }];
    const { address } = await viem.deployContract("OpenContractsHub", [
      system.opn,
      system.burner,
      config,
      images,
    ]);
    const hub = { address, abi: hubAbi } as const;
    const nonce = await system.client.readContract({ ...hub, functionName: "identityNonce" });
    const args = await createRegistration(system, newcomer, { nonce });
    await system.wallets.user.writeContract({ ...hub, functionName: "registerRegistry", args });
    const isActive = () =>
      system.client.readContract({ ...hub, functionName: "isActiveRegistry", args: [newcomer] });
    expect(await isActive()).toBe(false);
    expect(await system.client.readContract({ ...hub, functionName: "activeRegistries" })).toEqual([]);
    await system.time.increase(86_401);
    expect(await isActive()).toBe(true);
  });
});

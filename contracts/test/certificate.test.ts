import type { OracleCertificate, SignedResult } from "#protocol/eip712.ts";
import { getAddress, zeroAddress } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "./freshSystem.ts";
import { expectRefusal } from "./refusal.ts";
import { certify, createCertifiedSubmission, submit, trySubmit } from "./submission.ts";
import {
  createCertificate,
  createResult,
  encodeIdentity,
  maxPayment,
  oracle,
  oracleImage,
  oracleProvider,
  prices,
  registerRegistry,
  registry,
  registryImage,
  scriptHash,
  signCertificate,
  signResult,
  testAccount,
} from "./system.ts";
import type { TestSystem } from "./system.ts";

const otherRegistry = testAccount("registry 2");

describe("submitWithCertificate", () => {
  const current = freshSystem(() => Promise.resolve());
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });

  async function attempt(
    changes: Partial<OracleCertificate> = {},
    options: { by?: typeof registry; resultChanges?: Partial<SignedResult> } = {},
  ) {
    const args = await createCertifiedSubmission(system, changes, options);
    await system.hub.simulate.submitWithCertificate(args, { account: args[2].user });
  }

  it("takes an oracle's first certificate and remembers it", async () => {
    await certify(system);
    const record = await system.hub.read.oracleRecord([oracle.address, registry.address]);
    expect(record).toMatchObject({
      provider: getAddress(oracleProvider),
      ...prices,
      image: oracleImage,
      unsettled: 1n,
      revoked: false,
    });
    await submit(system);
  });

  it("changes nothing where the certificate is known", async () => {
    await certify(system);
    const certificate = await createCertificate(system, { notAfter: (await system.time.latest()) + 4000 });
    const before = await system.hub.read.oracleRecord([oracle.address, registry.address]);
    const result = await createResult(system);
    await system.hub.write.submitWithCertificate([
      certificate,
      await signCertificate(system, certificate),
      result,
      await signResult(system, result),
      maxPayment,
    ]);
    const after = await system.hub.read.oracleRecord([oracle.address, registry.address]);
    expect(after.notAfter).toBe(before.notAfter);
  });

  it("certificateExpires: extends by a later certificate alone", async () => {
    await certify(system, { notAfter: (await system.time.latest()) + 3700 });
    await system.time.increase(3600);
    await expectRefusal(trySubmit(system), "HubCertificateExpired");
    await certifyAgain();
    await submit(system);
  });

  async function certifyAgain(): Promise<void> {
    const args = await createCertifiedSubmission(system, {}, { resultChanges: { nonce: 2000n } });
    await system.hub.write.submitWithCertificate(args);
  }

  it("refuses a certificate past its time, from the future, or longer than 24 hours", async () => {
    const now = await system.time.latest();
    await expectRefusal(attempt({ notBefore: now - 500, notAfter: now - 100 }), "HubCertificateExpired");
    await expectRefusal(attempt({ notBefore: now + 600, notAfter: now + 900 }), "HubCertificateFromFuture");
    const day = { notBefore: now - 10, notAfter: now - 10 + 86_400 };
    await expectRefusal(attempt({ ...day, notAfter: day.notAfter + 1 }), "HubCertificateLifetimeInvalid");
    await expectRefusal(attempt({ notBefore: now, notAfter: now }), "HubCertificateLifetimeInvalid");
    await attempt(day);
  });

  it("refuses a certificate by anyone but a registry, the oracle itself included", async () => {
    for (const by of [oracle, testAccount("nobody")]) {
      await expectRefusal(attempt({}, { by }), "RosterUnknownRegistry", [by.address]);
    }
  });

  it("messageTypesCannotBeConfused: refuses a result's signature on a certificate and the other way", async () => {
    const [certificate, certificateSignature, result, signature, max] =
      await createCertifiedSubmission(system);
    const account = result.user;
    await expectRefusal(
      system.hub.simulate.submitWithCertificate([certificate, signature, result, signature, max], {
        account,
      }),
      "RosterUnknownRegistry",
    );
    await expectRefusal(
      system.hub.simulate.submitWithCertificate(
        [certificate, certificateSignature, result, certificateSignature, max],
        { account },
      ),
      "HubUnknownOracle",
    );
  });

  it("refuses other prices, provider or image than were signed", async () => {
    const [certificate, ...rest] = await createCertifiedSubmission(system);
    const changes: readonly Partial<OracleCertificate>[] = [
      { oraclePrice: 51n },
      { registryPrice: 12n },
      { provider: testAccount("thief").address },
      { image: registryImage },
      { onlyOracleHash: scriptHash },
      { oracle: testAccount("other").address },
      { notBefore: certificate.notBefore + 1 },
      { notAfter: certificate.notAfter + 1 },
    ];
    for (const change of changes) {
      const args = [{ ...certificate, ...change }, ...rest] as const;
      await expectRefusal(
        system.hub.simulate.submitWithCertificate(args, { account: rest[1].user }),
        "RosterUnknownRegistry",
      );
    }
  });

  it("refuses a malformed signature on a certificate", async () => {
    const [certificate, , ...rest] = await createCertifiedSubmission(system);
    await expectRefusal(
      system.hub.simulate.submitWithCertificate([certificate, "0x1234", ...rest], { account: rest[0].user }),
      "HubSignatureInvalid",
    );
  });

  it("fixes provider, prices, image and script by the first certificate", async () => {
    await certify(system);
    const changes: readonly Partial<OracleCertificate>[] = [
      { oraclePrice: 51n },
      { oraclePrice: 49n },
      { registryPrice: 12n },
      { provider: testAccount("other provider").address },
      { onlyOracleHash: scriptHash },
    ];
    for (const change of changes) {
      await expectRefusal(attempt(change), "HubCertificateConflict", [oracle.address, registry.address]);
    }
  });

  it("keeps certificates of two registries apart", async () => {
    await certify(system);
    await registerRegistry(system, otherRegistry.address);
    await attempt({ oraclePrice: 1n }, { by: otherRegistry });
    await expectRefusal(trySubmit(system, { registry: otherRegistry.address }), "HubUnknownOracle");
  });

  it("zeroProviderRejected: refuses zero, the Hub, the token and the burner as provider", async () => {
    for (const provider of [zeroAddress, system.hubAddress, system.opn, system.burner]) {
      await expectRefusal(attempt({ provider }), "HubProviderForbidden", [getAddress(provider)]);
    }
  });

  it("refuses images that are unknown or of another kind", async () => {
    await expectRefusal(attempt({ image: registryImage }), "RosterImageInactive", [registryImage, 1]);
    await expectRefusal(attempt({ image: scriptHash }), "RosterImageInactive", [scriptHash, 1]);
  });

  it("binds a dedicated oracle to its script", async () => {
    await certify(system, { onlyOracleHash: scriptHash });
    await submit(system);
    const other = `0x${"ab".repeat(32)}` as const;
    await system.target.write.addScript([
      (await createResult(system)).call.slice(0, 10) as `0x${string}`,
      other,
    ]);
    await expectRefusal(trySubmit(system, { oracleHash: other }), "HubOracleDedicated", [scriptHash]);
  });

  it("registryCanBeRevoked: refuses results and certificates from that moment on, for ever", async () => {
    await certify(system);
    await system.hubAt(system.wallets.guardian).write.revokeRegistry([registry.address]);
    await expectRefusal(trySubmit(system), "RosterRegistryRevoked", [registry.address]);
    await expectRefusal(attempt(), "RosterRegistryRevoked", [registry.address]);
    await expectRefusal(registerRegistry(system, registry.address), "RosterRegistryRevoked");
  });

  it("refuses a revoked oracle, whichever registry certifies it", async () => {
    await certify(system);
    await registerRegistry(system, otherRegistry.address);
    await system.hubAt(system.wallets.guardian).write.revokeOracle([oracle.address]);
    await expectRefusal(trySubmit(system), "HubOracleRevoked", [oracle.address]);
    await expectRefusal(attempt({}, { by: otherRegistry }), "HubOracleRevoked", [oracle.address]);
    const record = await system.hub.read.oracleRecord([oracle.address, registry.address]);
    expect(record.revoked).toBe(true);
  });

  it("refuses a registry past its time, until it is renewed", async () => {
    await system.time.increase(30 * 86_400 + 1000);
    await expectRefusal(attempt(), "RosterRegistryInactive", [registry.address]);
    await registerRegistry(system, registry.address);
    await attempt();
  });

  it("lets a draining registry's older certificates live, and refuses newer ones", async () => {
    await certify(system);
    const provider = system.hubAt(system.wallets.registryProvider);
    await provider.write.drainRegistry([registry.address]);
    await submit(system);
    const since = await system.time.latest();
    const newer = { oracle: testAccount("late").address, notBefore: since, notAfter: since + 600 };
    await system.time.increase(10);
    await expectRefusal(attempt(newer), "RosterRegistryDraining", [registry.address]);
  });

  it("imageRotationKeepsInFlightResults: a second image does not end the first", async () => {
    await certify(system);
    const next = `0x${"77".repeat(32)}` as const;
    const activeFrom = (await system.time.latest()) + 7 * 86_400 + 3600;
    await system.hubAt(system.wallets.governance).write.scheduleImage([next, 1, activeFrom]);
    await submit(system);
    await expectRefusal(attempt({ image: next, oracle: testAccount("new").address }), "RosterImageInactive");
    await system.time.increaseTo(activeFrom);
    await registerRegistry(system, registry.address);
    const args = await createCertifiedSubmission(system, {}, { resultChanges: { nonce: 2000n } });
    await system.hub.write.submitWithCertificate(args);
    expect(await system.hub.read.isActiveImage([next, 1])).toBe(true);
    expect(await system.hub.read.isActiveImage([oracleImage, 1])).toBe(true);
  });

  it("retiredImageStaysRetired: refuses results and certificates, and the image never comes back", async () => {
    await certify(system);
    await system.hubAt(system.wallets.guardian).write.retireImageNow([oracleImage]);
    await expectRefusal(trySubmit(system), "RosterImageInactive", [oracleImage, 1]);
    await expectRefusal(attempt(), "RosterImageInactive", [oracleImage, 1]);
    const governance = system.hubAt(system.wallets.governance);
    const activeFrom = (await system.time.latest()) + 8 * 86_400;
    await expectRefusal(governance.write.scheduleImage([oracleImage, 1, activeFrom]), "RosterImageKnown");
    await expectRefusal(governance.write.retireImage([oracleImage, activeFrom]), "RosterRetirementInvalid");
  });

  it("refuses registries of a retired registry image", async () => {
    await certify(system);
    await system.hubAt(system.wallets.guardian).write.retireImageNow([registryImage]);
    await expectRefusal(trySubmit(system), "RosterRegistryInactive", [registry.address]);
    await expectRefusal(registerRegistry(system, otherRegistry.address), "RosterImageInactive");
  });

  it("grantIsBoundToImage: a registry cannot make another, whatever it signs", async () => {
    const userData = encodeIdentity(1, otherRegistry.address, oracleProvider);
    await expectRefusal(
      registerRegistry(system, otherRegistry.address, { userData }),
      "RosterIdentityMalformed",
    );
    await expectRefusal(attempt({}, { by: otherRegistry }), "RosterUnknownRegistry");
  });
});

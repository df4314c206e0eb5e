import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hexFromBytes, bytesFromHex } from "#protocol/bytes.ts";
import { verifyNitroAttestationAsOf } from "#protocol/attestation/nitro.ts";
import { identityNonce, readIdentityUserData } from "#protocol/userData.ts";
import type { RegistryRequestWire } from "#protocol/wire/registry.ts";
import { openControlClient } from "../host/controlClient.ts";
import { expectReply, hello, openRegistryTalk, type RegistryTalk } from "./devClient.ts";
import { chainId, hub, registryProvider } from "./devWorld.ts";
import { createOracleWorld, type OracleWorld } from "./oracleWorld.ts";

let world: OracleWorld;
beforeAll(async () => {
  world = await createOracleWorld();
});
afterAll(() => world.close());

const enrollNothing: RegistryRequestWire = {
  type: "enroll",
  body: new Uint8Array(1),
  document: new Uint8Array(1),
};

async function expectFailure(talk: RegistryTalk, code: string): Promise<void> {
  expect((await expectReply(talk, "failed")).code).toBe(code);
  expect(await talk.read()).toBeNull();
}

describe("order of messages", () => {
  const early: readonly RegistryRequestWire[] = [
    { type: "quotes", chainId, hub },
    { type: "status", freeSessions: 1 },
    { type: "ping" },
    { type: "reattest", nonce: new Uint8Array(32) },
    enrollNothing,
  ];
  it.each(early)("refuses $type as the first message", async (message) => {
    const talk = await openRegistryTalk(world.registrySocket);
    await talk.write(message);
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
  });

  const notForUsers: readonly RegistryRequestWire[] = [
    hello(),
    { type: "challenge" },
    { type: "status", freeSessions: 1 },
    enrollNothing,
  ];
  it.each(notForUsers)("refuses $type from a user", async (message) => {
    const talk = await openRegistryTalk(world.registrySocket);
    await talk.write(hello());
    await expectReply(talk, "attestation");
    await talk.write(message);
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
  });

  const notForOracles: readonly RegistryRequestWire[] = [
    hello(),
    { type: "quotes", chainId, hub },
    { type: "status", freeSessions: 1 },
  ];
  it.each(notForOracles)("refuses $type from an oracle that is not enrolled", async (message) => {
    const talk = await openRegistryTalk(world.registrySocket);
    await talk.write({ type: "challenge" });
    await expectReply(talk, "challenge");
    await talk.write(message);
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
  });
});

describe("challenges", () => {
  it("are new each time", async () => {
    const talk = await openRegistryTalk(world.registrySocket);
    const seen = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      await talk.write({ type: "challenge" });
      seen.add(hexFromBytes((await expectReply(talk, "challenge")).challenge));
    }
    expect(seen.size).toBe(3);
    await talk.close();
  });

  it("do not serve what is no enrollment", async () => {
    const talk = await openRegistryTalk(world.registrySocket);
    await talk.write({ type: "challenge" });
    await expectReply(talk, "challenge");
    await talk.write(enrollNothing);
    await expectFailure(talk, "WIRE_MALFORMED");
  });
});

describe("users", () => {
  it("are answered ping and reattest", async () => {
    const talk = await openRegistryTalk(world.registrySocket);
    await talk.write(hello());
    await expectReply(talk, "attestation");
    await talk.write({ type: "ping" });
    await expectReply(talk, "pong");
    await talk.write({ type: "reattest", nonce: new Uint8Array(32).fill(5) });
    const { document } = await expectReply(talk, "reattestation");
    expect(Buffer.from(document).includes(Buffer.alloc(32, 5))).toBe(true);
    await talk.close();
  });

  it("of an unknown Hub are refused", async () => {
    const talk = await openRegistryTalk(world.registrySocket);
    await talk.write({ ...hello(), hub: registryProvider });
    await expectFailure(talk, "SERVICE_HUB_UNKNOWN");
  });
});

describe("the control socket", () => {
  it("gives an identity document for the Hub of the host's message", async () => {
    const { signer, provider } = await world.registryControl.status("started");
    const identity = await world.registryControl.status("identity");
    expect([identity.chainId, identity.hub, provider]).toEqual([chainId, hub, registryProvider]);
    const bytes = bytesFromHex(identity.document) ?? new Uint8Array();
    const read = await verifyNitroAttestationAsOf(bytes, world.trust, Date.now());
    expect(read.nonce).toEqual(identityNonce(chainId, hub));
    expect(read.publicKey).toBeNull();
    expect(readIdentityUserData(read.userData ?? new Uint8Array(), { role: "registry" })).toEqual({
      signer,
      provider,
    });
  });

  it("gives a fresh one to who connects later, and hears nothing more", async () => {
    const first = await world.registryControl.status("identity");
    const later = openControlClient(`${world.folder}/registry.control`, {
      ...{ type: "registry", provider: `0x${"99".repeat(20)}` },
      hubs: [{ chainId: 1, hub, registryPrice: "0" }],
    });
    const second = await later.status("identity");
    expect(second.document).not.toBe(first.document);
    expect((await later.status("started")).provider).toBe(registryProvider);
    later.close();
  });
});

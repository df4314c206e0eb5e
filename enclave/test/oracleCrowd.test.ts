import { once } from "node:events";
import { createConnection } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../common/clock.ts";
import { expectReply, hello, openNodeTls, openOracleTalk, openRegistryTalk } from "./devClient.ts";
import { chainId, hub } from "./devWorld.ts";
import { createOracleWorld, type OracleWorld } from "./oracleWorld.ts";

let world: OracleWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** A connection that never speaks, and its end. */
async function openSilent(path: string): Promise<{ readonly closed: Promise<unknown> }> {
  const socket = createConnection(path).resume();
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  return { closed };
}

/** The machine's clock, on which a wait of `durationMs` ends when the test says so: no reader has to be fast. */
function heldClock(durationMs: number): Clock & { readonly expire: () => void } {
  const expired = Promise.withResolvers<undefined>();
  return {
    nowMs: systemClock.nowMs,
    wait: (ms, signal) => {
      const real = systemClock.wait(ms, signal);
      return ms === durationMs ? Promise.race([expired.promise, real]) : real;
    },
    expire: () => expired.resolve(undefined),
  };
}

const heldMs = 50 * 60_000;

describe("connections that say nothing", () => {
  it("are bounded: with 1,000 of them a client is still served", async () => {
    world = await createOracleWorld({ limits: { pendingConnections: 64 } });
    const path = world.oracleSocket;
    const closed: Promise<unknown>[] = [];
    for (let count = 0; count < 1_000; count += 1) closed.push((await openSilent(path)).closed);
    const talk = await openOracleTalk(path);
    await talk.write(hello());
    await expectReply(talk, "attestation");
    // All but the newest are pushed out; the rest go with the server.
    await Promise.all(closed.slice(0, 1_000 - 64));
    await talk.close();
  });

  it("are closed when hello does not come in time", async () => {
    const clock = heldClock(heldMs);
    world = await createOracleWorld({ clock, limits: { helloMs: heldMs } });
    const stream = await openNodeTls(world.oracleSocket);
    const closed = once(stream.resume(), "close");
    clock.expire();
    await closed;
  });

  it("are closed after hello too, when they stay silent", async () => {
    const clock = heldClock(heldMs);
    world = await createOracleWorld({ clock, limits: { idleMs: heldMs } });
    const talk = await openOracleTalk(world.oracleSocket);
    await talk.write(hello());
    await expectReply(talk, "attestation");
    clock.expire();
    expect((await expectReply(talk, "failed")).code).toBe("SERVICE_CLIENT_SILENT");
    expect(await talk.read()).toBeNull();
  });

  it("do not count once greeted, but those are bounded too", async () => {
    world = await createOracleWorld({ limits: { openConnections: 1 } });
    const first = await openOracleTalk(world.oracleSocket);
    await first.write(hello());
    await expectReply(first, "attestation");
    const second = await openOracleTalk(world.oracleSocket);
    await second.write(hello());
    await expect(second.read().then((reply) => reply?.type ?? "closed")).resolves.toBe("closed");
    await first.close();
  });
});

describe("time", () => {
  /** The machine's clock, moved by the test. */
  function movedClock(): Clock & { aheadMs: number } {
    const clock = { aheadMs: 0, nowMs: () => systemClock.nowMs() + clock.aheadMs, wait: systemClock.wait };
    return clock;
  }

  it("renews the enrollment before it ends", async () => {
    const clock = movedClock();
    world = await createOracleWorld({ clock, pace: { heartbeatMs: 50 } });
    const { notAfterSec } = await world.oracleControl.status("enrolled");
    clock.aheadMs = 13 * 60 * 60_000;
    const renewed = await world.oracleControl.status("enrolled", (one) => one.notAfterSec > notAfterSec);
    expect(renewed.notAfterSec - notAfterSec).toBeGreaterThan(12 * 60 * 60);
  });

  it("signs nothing once the certificate has ended", async () => {
    const clock = movedClock();
    world = await createOracleWorld({ clock });
    const talk = await openOracleTalk(world.oracleSocket);
    await talk.write(hello());
    await expectReply(talk, "attestation");
    await talk.write({
      ...{ type: "run", chainId, hub, value: "0", selector: "0x01020304" },
      ...{ target: `0x${"c2".repeat(20)}`, user: `0x${"c1".repeat(20)}` },
      files: [{ path: "oracle.py", size: 1 }],
    });
    await talk.write({ type: "file", index: 0, bytes: Uint8Array.of(10) });
    const script = await world.stage.next();
    await expectReply(talk, "started");
    clock.aheadMs = 24 * 60 * 60_000;
    script.say({ type: "submit", function: "f()", calldata: "0x01020304" });
    expect((await expectReply(talk, "failed")).code).toBe("SERVICE_CERTIFICATE_EXPIRED");
  });

  it("drops an oracle from the directory when it falls silent", async () => {
    const clock = movedClock();
    world = await createOracleWorld({ clock });
    const talk = await openRegistryTalk(world.registrySocket);
    await talk.write(hello());
    await expectReply(talk, "attestation");
    await talk.write({ type: "quotes", chainId, hub });
    expect((await expectReply(talk, "quotes")).quotes).toHaveLength(1);
    clock.aheadMs = 61_000;
    await talk.write({ type: "quotes", chainId, hub });
    expect((await expectReply(talk, "quotes")).quotes).toHaveLength(0);
  });
});

describe("a registry that goes", () => {
  it("is tried again until it is back; the oracle serves on meanwhile", async () => {
    world = await createOracleWorld({ pace: { heartbeatMs: 50, retryMs: 50, retryMaxMs: 100 } });
    await world.cutRegistry();
    const { code } = await world.oracleControl.status(
      "enrollFailed",
      (one) => one.code === "SERVICE_UPLINK_FAILED",
    );
    expect(code).toBe("SERVICE_UPLINK_FAILED");
    const talk = await openOracleTalk(world.oracleSocket);
    await talk.write(hello());
    await expectReply(talk, "attestation");
    await talk.close();
    const enrolled = () => world?.oracleControl.said.filter((one) => one.type === "enrolled").length ?? 0;
    const before = enrolled();
    await world.mendRegistry();
    await world.oracleControl.status("enrolled", () => enrolled() > before);
    const user = await openRegistryTalk(world.registrySocket);
    await user.write(hello());
    await expectReply(user, "attestation");
    await user.write({ type: "quotes", chainId, hub });
    expect((await expectReply(user, "quotes")).quotes).toHaveLength(1);
    await user.close();
  });
});

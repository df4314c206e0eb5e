import { describe, expect, it } from "vitest";
import type { Address } from "#protocol/bytes.ts";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { openSimulatedNsm } from "../../../enclave/nsm/simulated/nsm.ts";
import { simulatedPcrs } from "../../../enclave/nsm/simulated/measurement.ts";
import { sessionTimeouts } from "../../background/session/limits.ts";
import { expectRefusal, runWorld, typesOf } from "./refusal.ts";
import { chainId, createWorld, greetAsOracle, hub, random, type World } from "./world.ts";

const other: Address = "0x00000000000000000000000000000000000000ee";

type Change = (world: World) => void | Promise<void>;

const clock = (world: World) => ({ clock: () => world.nowMs, random });

describe("re-attestation", () => {
  const changes: readonly (readonly [name: string, code: ErrorCode, change: Change])[] = [
    [
      "another module",
      "SESSION_REATTEST_MODULE_CHANGED",
      async (world) => {
        world.oracle.nsm = await openSimulatedNsm({ root: world.root, ...clock(world), measured: "oracle" });
      },
    ],
    [
      "another signer",
      "SESSION_REATTEST_SIGNER_CHANGED",
      ({ oracle }) => {
        oracle.statement = { ...oracle.statement, signer: other };
      },
    ],
    [
      "another provider",
      "SESSION_REATTEST_PROVIDER_CHANGED",
      ({ oracle }) => {
        oracle.statement = { ...oracle.statement, provider: other };
      },
    ],
    [
      "a stale nonce",
      "ATTESTATION_NONCE_MISMATCH",
      ({ oracle }) => {
        const { document } = oracle;
        oracle.document = (_nonce, exporter) => document(random(32), exporter);
      },
    ],
    [
      "an exporter of another connection",
      "USER_DATA_EXPORTER_MISMATCH",
      ({ oracle }) => {
        const { document } = oracle;
        oracle.document = (nonce) => document(nonce, random(32));
      },
    ],
  ];

  /** Asks for a secret after a pause, so that the client demands a new document first. */
  function askAfterPause(world: World, change: Change): void {
    world.dialog = async (talk) => {
      world.nowMs += 6 * 60_000;
      await change(world);
      await talk.write({ type: "prompt", id: 0, text: "password", secret: true });
      const question = await talk.read();
      if (question?.type !== "reattest") throw new Error("no reattest");
      await talk.write({ type: "reattestation", document: await talk.attest(question.nonce) });
      await talk.read();
    };
  }

  it.each(changes)("refuses %s: %s", async (_name, code, change) => {
    const world = await createWorld();
    askAfterPause(world, change);
    let asked = 0;
    world.listener.onPrompt = () => {
      asked += 1;
      return Promise.resolve("secret");
    };
    await expectRefusal(runWorld(world), code);
    expect(asked).toBe(0);
    expect(typesOf(world.atOracle)).not.toContain("answer");
  });

  it("refuses other measurements of a known image", async () => {
    const world = await createWorld();
    askAfterPause(world, async () => {
      const moduleId =
        world.heard.steps.find(({ name }) => name === "oracle-attested")?.evidence.moduleId ?? "";
      const measured = new Map(simulatedPcrs("oracle")).set(8, new Uint8Array(48).fill(1));
      world.oracle.nsm = await openSimulatedNsm({ root: world.root, ...clock(world), measured, moduleId });
    });
    await expectRefusal(runWorld(world), "SESSION_REATTEST_PCRS_CHANGED");
  });

  it("is refused when nobody asked for it, and so is a second attestation", async () => {
    for (const type of ["reattestation", "attestation"] as const) {
      const world = await createWorld();
      world.dialog = async (talk) => {
        if (type === "attestation") await greetAgain(world, talk);
        else await talk.write({ type, document: await talk.attest(random(32)) });
        await talk.read();
      };
      await expectRefusal(runWorld(world), "SESSION_UNEXPECTED_MESSAGE");
    }
  });

  it("times out", async () => {
    const world = await createWorld();
    world.dialog = async (talk) => {
      world.nowMs += 6 * 60_000;
      await talk.write({ type: "prompt", id: 0, text: "password", secret: true });
      await new Promise(() => undefined);
    };
    // Only the question of the running session is cut short.
    world.ports.deadline = (timeoutMs) => {
      const isReattest = timeoutMs === sessionTimeouts.reattestMs && world.heard.phases.includes("running");
      return AbortSignal.timeout(isReattest ? 100 : timeoutMs);
    };
    await expectRefusal(runWorld(world), "SESSION_TIMEOUT");
  });
});

async function greetAgain(world: World, talk: Parameters<World["oracleScript"]>[0]): Promise<void> {
  const { read } = talk;
  await greetAsOracle(world, {
    ...talk,
    read: () => Promise.resolve({ type: "hello", version: 1, nonce: random(32), chainId, hub }),
  });
  await read();
}

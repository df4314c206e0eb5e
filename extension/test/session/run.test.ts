import { describe, expect, it } from "vitest";
import { runSession } from "../../background/session/run.ts";
import { createWorld, type World } from "./world.ts";

const run = (world: World, cancel = new AbortController().signal) =>
  runSession(world.request, { ports: world.ports, listener: world.listener, cancel });

describe("runSession", () => {
  it("goes from an approved request to a verified result, each step with its evidence", async () => {
    const world = await createWorld();
    const verified = await run(world);
    expect(verified.result).toEqual(world.result);
    expect(verified.cost).toEqual({ oracleWei: 50n, registryWei: 10n, burnedWei: 12n, totalWei: 72n });
    expect(verified.arguments).toEqual([
      { name: "buyer", type: "address", text: expect.stringMatching(/^0x0{38}cc$/i) },
      { name: "amount", type: "uint256", text: "7" },
    ]);
    expect(world.heard.steps.map(({ name }) => name)).toEqual([
      "script-allowed",
      "registries-listed",
      "tls-established",
      "registry-attested",
      "tls-established",
      "oracle-attested",
      "oracle-certified",
      "script-uploaded",
      "result-verified",
    ]);
    expect(world.heard.phases).toEqual(["connecting", "attesting", "uploading", "running"]);
    expect(world.heard.failures).toEqual([]);
  });
});

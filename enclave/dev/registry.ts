import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeTrustConfig } from "#protocol/trust/config.ts";
import { systemClock } from "../common/clock.ts";
import { requireEnclaveNode } from "../common/nodeArguments.ts";
import { runProcess } from "../common/process.ts";
import { openSimulatedNsm } from "../nsm/simulated/nsm.ts";
import { startRegistry } from "../registry/registry.ts";
import { registryArguments } from "./registryArguments.ts";
import { openSimulatedRoot } from "./simulatedRootFile.ts";

const random = (length: number) => new Uint8Array(randomBytes(length));

await runProcess({
  name: "registry",
  what: "A registry on a simulated security module, for development. Node needs --openssl-config, see common/nodeArguments.ts.",
  arguments: registryArguments,
  async start({ "simulated-root": rootPath, trust: trustPath, listen, control }, log) {
    requireEnclaveNode(process.execArgv);
    const root = await openSimulatedRoot(rootPath);
    const nsm = await openSimulatedNsm({ root, clock: systemClock.nowMs, random, measured: "registry" });
    const trust = decodeTrustConfig(JSON.parse(await readFile(trustPath, "utf8")));
    const service = await startRegistry({
      nsm,
      trust,
      listenPath: listen,
      controlPath: control,
      random,
      log,
    });
    return { service, ready: { control, listen } };
  },
});

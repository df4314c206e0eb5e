import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { UsageError } from "#protocol/errors.ts";
import { systemClock } from "../common/clock.ts";
import { requireEnclaveNode } from "../common/nodeArguments.ts";
import { runProcess } from "../common/process.ts";
import { openSimulatedNsm } from "../nsm/simulated/nsm.ts";
import { checkWorkFolder } from "../oracle/sandbox/passage.ts";
import { startOracle } from "../oracle/oracle.ts";
import { startScript } from "../oracle/sandbox/startScript.ts";
import { oracleArguments } from "./oracleArguments.ts";
import { openSimulatedRoot } from "./simulatedRootFile.ts";

const random = (length: number) => new Uint8Array(randomBytes(length));

await runProcess({
  name: "oracle",
  what: "An oracle on a simulated security module, for development. Node needs --openssl-config, see common/nodeArguments.ts.",
  arguments: oracleArguments,
  async start(values, log) {
    requireEnclaveNode(process.execArgv);
    const { listen, control, egress, work, "site-roots": siteRootsPem } = values;
    if (listen.length === 0) throw new UsageError("SERVICE_ARGUMENTS_INVALID", { expected: "--listen" });
    // Scripts run under users of their own, who pass through here to their session's folder.
    await mkdir(work, { recursive: true, mode: 0o711 });
    await checkWorkFolder(work);
    const root = await openSimulatedRoot(values["simulated-root"]);
    const nsm = await openSimulatedNsm({ root, clock: systemClock.nowMs, random, measured: "oracle" });
    const service = await startOracle({
      ...{ nsm, log, startScript, siteRootsPem },
      ...{ listenPaths: listen, controlPath: control, egressPath: egress, workFolder: work },
    });
    return { service, ready: { control, listen } };
  },
});

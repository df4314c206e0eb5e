import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createSessionCa } from "../oracle/sandbox/sessionCa.ts";
import { encodeTrustConfig, type TrustConfig } from "#protocol/trust/config.ts";
import { enclaveNodeArguments } from "../common/nodeArguments.ts";
import type { HostMessageWire } from "../common/hostMessage.ts";
import { encodeSimulatedRoot } from "../dev/simulatedRootFile.ts";
import { openControlClient, type ControlClient } from "../host/controlClient.ts";
import { simulatedAllowlistEntry } from "../nsm/simulated/measurement.ts";
import { createSimulatedRoot } from "../nsm/simulated/root.ts";

export const chainId = 31337;
export const hub = "0x00000000000000000000000000000000000000aa";
export const registryProvider = "0x00000000000000000000000000000000000000b1";
export const oracleProvider = "0x00000000000000000000000000000000000000b2";
export const registryUrl = "ws://registry.demo.internal:8081";
export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

const enclaveRoot = join(import.meta.dirname, "..");

/** One process of the world. */
export interface RunningProcess {
  readonly child: ChildProcess;
  /** Its ready line. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** What it has written to stderr so far. */
  log(): string;
  /** Ends it by SIGTERM; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `node <entry> ...` below enclave/ and waits for its ready line. */
export async function startProcess(entry: string, args: readonly string[]): Promise<RunningProcess> {
  const flags = entry.startsWith("dev/") ? enclaveNodeArguments : [];
  const child = spawn(process.execPath, [...flags, join(enclaveRoot, entry), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const exited = once(child, "exit");
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([text]) => String(text)),
    exited.then(() => {
      throw new Error(`${entry} ended before it was ready: ${log}`);
    }),
  ]);
  return {
    child,
    ready: JSON.parse(line) as Record<string, unknown>,
    log: () => log,
    async stop() {
      child.kill("SIGTERM");
      await exited;
      return child.exitCode;
    },
  };
}

/** Runs a process that must end by itself; its exit code and stderr. */
export async function runToEnd(
  entry: string,
  args: readonly string[],
): Promise<{ code: number | null; log: string }> {
  const child = spawn(process.execPath, [join(enclaveRoot, entry), ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  await once(child, "exit");
  return { code: child.exitCode, log };
}

/** Registry, oracle, their relays and the egress, as real processes. */
export interface DevWorld {
  readonly folder: string;
  readonly trust: TrustConfig;
  readonly registryRelayUrl: string;
  readonly oracleRelayUrl: string;
  readonly registrySocket: string;
  readonly oracleSocket: string;
  readonly registryControl: ControlClient;
  readonly oracleControl: ControlClient;
  readonly processes: Readonly<
    Record<"registry" | "oracle" | "egress" | "registryRelay" | "oracleRelay", RunningProcess>
  >;
  /** Ends every process; their exit codes. */
  stop(): Promise<readonly (number | null)[]>;
}

export function registryMessage(): HostMessageWire {
  return {
    type: "registry",
    provider: registryProvider,
    hubs: [{ chainId, hub, registryPrice: "5" }],
  };
}

export function oracleMessage(endpoint: string): HostMessageWire {
  return {
    type: "oracle",
    provider: oracleProvider,
    registries: [{ url: registryUrl, endpoint }],
    hubs: [{ chainId, hub, oraclePrice: "10" }],
  };
}

/** Starts the world; the oracle may still be enrolling. */
export async function startDevWorld(): Promise<DevWorld> {
  const folder = await mkdtemp(join(tmpdir(), "dev-world-"));
  // Scripts run under users of their own, who pass through here to their session's folder.
  await chmod(folder, 0o711);
  const at = (name: string) => join(folder, name);
  const root = await createSimulatedRoot({ clock: () => Date.now(), random });
  const trust: TrustConfig = {
    kind: "development",
    rootDer: root.rootDer,
    allowlist: { entries: [simulatedAllowlistEntry("oracle"), simulatedAllowlistEntry("registry")] },
    revokedCertificates: [],
    chains: [],
    endpointPolicy: "loopback",
  };
  await writeFile(at("root.json"), encodeSimulatedRoot(root), { mode: 0o600 });
  await writeFile(at("trust.json"), JSON.stringify(encodeTrustConfig(trust)));
  await writeFile(at("roots.pem"), (await createSessionCa(() => Date.now())).certificatePem);

  const [registry, registryRelay, oracleRelay] = await Promise.all([
    startProcess("dev/registry.ts", [
      ...["--simulated-root", at("root.json"), "--trust", at("trust.json")],
      ...["--listen", at("registry.sock"), "--control", at("registry.control")],
    ]),
    startProcess("host/relayMain.ts", ["--listen", "127.0.0.1:0", "--enclave", at("registry.sock")]),
    startProcess("host/relayMain.ts", ["--listen", "127.0.0.1:0", "--enclave", at("oracle.sock")]),
  ]);
  const relayUrl = ({ ready }: RunningProcess) => `ws://127.0.0.1:${String(ready["port"])}`;
  const registryControl = openControlClient(at("registry.control"), registryMessage());
  const mapping = `registry.demo.internal:8081=127.0.0.1:${String(registryRelay.ready["port"])}`;
  const [egress, oracle] = await Promise.all([
    startProcess("host/egressMain.ts", ["--listen", at("egress.sock"), "--map", mapping]),
    startProcess("dev/oracle.ts", [
      ...["--simulated-root", at("root.json"), "--site-roots", at("roots.pem"), "--work", at("sessions")],
      ...["--listen", at("oracle.sock"), "--control", at("oracle.control"), "--egress", at("egress.sock")],
    ]),
  ]);
  await registryControl.status("listening");
  const oracleControl = openControlClient(at("oracle.control"), oracleMessage(relayUrl(oracleRelay)));
  const processes = { registry, oracle, egress, registryRelay, oracleRelay };
  return {
    folder,
    trust,
    registryRelayUrl: relayUrl(registryRelay),
    oracleRelayUrl: relayUrl(oracleRelay),
    registrySocket: at("registry.sock"),
    oracleSocket: at("oracle.sock"),
    registryControl,
    oracleControl,
    processes,
    async stop() {
      oracleControl.close();
      registryControl.close();
      const codes = await Promise.all(Object.values(processes).map((one) => one.stop()));
      await rm(folder, { recursive: true, force: true });
      return codes;
    },
  };
}

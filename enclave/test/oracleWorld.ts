import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrustConfig } from "#protocol/trust/config.ts";
import type { ScriptMessage, ScriptReply } from "#protocol/wire/script.ts";
import { systemClock, type Clock } from "../common/clock.ts";
import { defaultConnectionLimits, type ConnectionLimits } from "../common/connectionLimits.ts";
import { openControlClient, type ControlClient } from "../host/controlClient.ts";
import { defaultEgressLimits, openEgress } from "../host/egress.ts";
import { parseEgressMap } from "../host/egressPolicy.ts";
import { defaultRelayLimits, openRelay } from "../host/relay.ts";
import { simulatedAllowlistEntry } from "../nsm/simulated/measurement.ts";
import { openSimulatedNsm } from "../nsm/simulated/nsm.ts";
import { createSimulatedRoot, type SimulatedRoot } from "../nsm/simulated/root.ts";
import { startOracle } from "../oracle/oracle.ts";
import { defaultEnrollmentPace, type EnrollmentPace } from "../oracle/enrollmentKeeper.ts";
import type { ScriptEnd, ScriptOptions, ScriptRun } from "../oracle/sandbox/scriptRun.ts";
import { startRegistry } from "../registry/registry.ts";
import { oracleMessage, random, registryMessage } from "./devWorld.ts";

export const noLog = (): void => undefined;

/** A script that the test plays itself. */
export interface PlayedScript {
  readonly options: ScriptOptions;
  readonly replies: ScriptReply[];
  readonly stops: string[];
  say(message: ScriptMessage): void;
  end(how: ScriptEnd): void;
}

/** Scripts that were started, in order; `next` waits for one. */
export class Stage {
  readonly #started: PlayedScript[] = [];
  readonly #waiting: ((script: PlayedScript) => void)[] = [];

  readonly start = (options: ScriptOptions, onMessage: (message: ScriptMessage) => void): ScriptRun => {
    const done = Promise.withResolvers<ScriptEnd>();
    const script: PlayedScript = {
      options,
      replies: [],
      stops: [],
      say: onMessage,
      end: done.resolve,
    };
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#started.push(script);
    else waiting(script);
    return {
      done: done.promise,
      send: (reply) => script.replies.push(reply),
      stop: (reason) => {
        script.stops.push(reason);
        done.resolve({ outcome: "stopped", reason });
      },
    };
  };

  next(): Promise<PlayedScript> {
    const started = this.#started.shift();
    if (started !== undefined) return Promise.resolve(started);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export interface OracleWorldOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<ConnectionLimits>;
  readonly pace?: Partial<EnrollmentPace>;
  readonly sessions?: number;
}

/** Registry, relay, egress and oracle in this process, with scripts that the test plays. */
export interface OracleWorld {
  readonly folder: string;
  readonly trust: TrustConfig;
  /** The simulated root of both enclaves. */
  readonly root: SimulatedRoot;
  readonly stage: Stage;
  readonly registrySocket: string;
  readonly oracleSocket: string;
  readonly registryUrl: string;
  readonly oracleControl: ControlClient;
  readonly registryControl: ControlClient;
  /** Takes the way to the registry away, and gives it back. */
  cutRegistry(): Promise<void>;
  mendRegistry(): Promise<void>;
  close(): Promise<void>;
}

export async function createTrust() {
  const root = await createSimulatedRoot({ clock: () => Date.now(), random });
  const trust: TrustConfig = {
    kind: "development",
    rootDer: root.rootDer,
    allowlist: { entries: [simulatedAllowlistEntry("oracle"), simulatedAllowlistEntry("registry")] },
    revokedCertificates: [],
    chains: [],
    endpointPolicy: "loopback",
  };
  return { root, trust };
}

export async function createOracleWorld(options: OracleWorldOptions = {}): Promise<OracleWorld> {
  const folder = await mkdtemp(join(tmpdir(), "oracle-world-"));
  const at = (name: string) => join(folder, name);
  const { root, trust } = await createTrust();
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultConnectionLimits, ...options.limits };
  const nsmOptions = { root, clock: () => clock.nowMs(), random };
  const shared = { log: noLog, clock, limits };
  const stage = new Stage();
  const registry = await startRegistry({
    ...{ ...shared, trust, random, nsm: await openSimulatedNsm({ ...nsmOptions, measured: "registry" }) },
    ...{ listenPath: at("registry.sock"), controlPath: at("registry.control") },
  });
  const openRegistryRelay = (port: number) =>
    openRelay({
      ...{ host: "127.0.0.1", port, enclavePath: at("registry.sock"), log: noLog },
      limits: defaultRelayLimits,
    });
  let relay = await openRegistryRelay(0);
  const { port } = relay;
  const egress = await openEgress({
    ...{ listenPath: at("egress.sock"), limits: defaultEgressLimits, log: noLog },
    map: parseEgressMap([`registry.demo.internal:8081=127.0.0.1:${String(port)}`]),
    resolve: () => Promise.resolve([]),
  });
  const oracle = await startOracle({
    ...{
      ...shared,
      nsm: await openSimulatedNsm({ ...nsmOptions, measured: "oracle" }),
      startScript: stage.start,
    },
    ...{ listenPaths: [at("oracle.sock")], controlPath: at("oracle.control"), egressPath: at("egress.sock") },
    ...{ workFolder: folder, siteRootsPem: at("roots.pem"), sessions: options.sessions ?? 2 },
    pace: { ...defaultEnrollmentPace, ...options.pace },
  });
  const registryControl = openControlClient(at("registry.control"), registryMessage());
  await registryControl.status("listening");
  const oracleControl = openControlClient(at("oracle.control"), oracleMessage("ws://127.0.0.1:1"));
  await oracleControl.status("enrolled");
  return {
    ...{ folder, trust, root, stage, registryControl, oracleControl },
    ...{ registrySocket: at("registry.sock"), oracleSocket: at("oracle.sock") },
    registryUrl: `ws://127.0.0.1:${String(port)}`,
    cutRegistry: () => relay.close(),
    async mendRegistry() {
      relay = await openRegistryRelay(port);
    },
    async close() {
      oracleControl.close();
      registryControl.close();
      await oracle.close();
      await Promise.all([registry.close(), relay.close(), egress.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

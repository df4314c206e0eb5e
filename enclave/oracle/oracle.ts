import { hashImage, readMeasurement } from "#protocol/attestation/measurement.ts";
import { UsageError } from "#protocol/errors.ts";
import { systemClock, type Clock } from "../common/clock.ts";
import { defaultConnectionLimits, type ConnectionLimits } from "../common/connectionLimits.ts";
import { openControl, type Control } from "../common/control.ts";
import type { ControlStatus } from "../common/controlStatus.ts";
import { oracleHostMessageSchema, type OracleHostMessage } from "../common/hostMessage.ts";
import { openInnerServer } from "../common/innerServer.ts";
import type { Log } from "../common/log.ts";
import type { Service } from "../common/process.ts";
import { createSigner } from "../common/signer.ts";
import { createTlsKey } from "../common/tlsKey.ts";
import type { Nsm } from "../nsm/nsm.ts";
import { Capacity } from "./capacity.ts";
import { serveOracleConnection, type OracleDesk, type SessionScript } from "./connection.ts";
import type { Enrollment, EnrollSubject } from "./enroll.ts";
import { defaultEnrollmentPace, keepEnrolled, type EnrollmentPace } from "./enrollmentKeeper.ts";
import { ResultDesk } from "./result.ts";
import type { ScriptOptions, ScriptRun } from "./sandbox/scriptRun.ts";
import type { ScriptMessage } from "#protocol/wire/script.ts";

/** What an oracle enclave is started with. */
export interface OracleOptions {
  readonly nsm: Nsm;
  /** Unix sockets of the inner TLS servers: the n-th is for clients of the n-th registry of the host's message. */
  readonly listenPaths: readonly string[];
  /** Unix socket on which the host sends its message. */
  readonly controlPath: string;
  /** Unix socket of the host's egress. */
  readonly egressPath: string;
  /** PEM bundle that web sites' certificates must chain to. */
  readonly siteRootsPem: string;
  /** Where sessions' directories are made. */
  readonly workFolder: string;
  /** Runs a script, confined. */
  readonly startScript: (options: ScriptOptions, onMessage: (message: ScriptMessage) => void) => ScriptRun;
  readonly log: Log;
  readonly clock?: Clock;
  readonly limits?: ConnectionLimits;
  readonly pace?: EnrollmentPace;
  /** Sessions side by side. */
  readonly sessions?: number;
}

const defaultSessions = 8;
const uploadMs = 10 * 60_000;

/** What the parts of a running oracle share. */
interface Office {
  readonly options: OracleOptions;
  readonly control: Control<OracleHostMessage>;
  readonly message: OracleHostMessage;
  readonly subject: EnrollSubject;
  readonly desk: Omit<OracleDesk, "newest">;
  /** What is true now, for a host that connects later. */
  readonly state: Map<string, ControlStatus>;
  readonly servers: Service[];
  readonly stop: AbortSignal;
}

/** Starts an oracle: it waits for its host's message, then makes its keys, enrolls, and serves. */
export async function startOracle(options: OracleOptions): Promise<Service> {
  const control = await openControl(options.controlPath, oracleHostMessageSchema);
  const stop = new AbortController();
  const servers: Service[] = [];
  const work = (async (): Promise<void> => {
    const message = await control.message;
    if (message.registries.length > options.listenPaths.length) {
      throw new UsageError("SERVICE_HOST_MESSAGE_INVALID", { expected: "a socket per registry" });
    }
    await serve({ options, control, message, servers, stop: stop.signal });
  })();
  const failed = work.then((): Promise<never> => new Promise(() => undefined));
  failed.catch(() => undefined);
  return {
    failed,
    async close() {
      stop.abort();
      await Promise.all(servers.map((server) => server.close()));
      await control.close();
      await work.catch(() => undefined);
    },
  };
}

type Start = Pick<Office, "options" | "control" | "message" | "servers" | "stop">;

/** Serves until `stop`. */
async function serve(start: Start): Promise<void> {
  const office = await openOffice(start);
  const { signer, provider } = office.subject;
  const started: ControlStatus = { type: "started", signer, provider };
  await start.control.serve(() => Promise.resolve([started, ...office.state.values()]));
  start.options.log("started", { signer });
  await Promise.all(start.message.registries.map((_, index) => serveRegistry(office, index)));
}

async function openOffice(start: Start): Promise<Office> {
  const { options, message } = start;
  const { nsm, egressPath: uplink, siteRootsPem, workFolder } = options;
  const [tlsKey, signer] = [await createTlsKey(), createSigner()];
  const holders = { signer: signer.address, provider: message.provider };
  const image = hashImage(readMeasurement(await nsm.describePcrs()));
  const clock = options.clock ?? systemClock;
  const startScript = (script: SessionScript, onMessage: (message: ScriptMessage) => void) =>
    options.startScript({ ...script, uplink, siteRootsPem, clock: () => clock.nowMs() }, onMessage);
  return {
    ...start,
    subject: { ...holders, nsm, tlsKey, image, hubs: message.hubs },
    desk: {
      nsm,
      subject: { ...holders, role: "oracle", tlsSpki: tlsKey.spki },
      capacity: new Capacity(options.sessions ?? defaultSessions),
      results: new ResultDesk(signer),
      limits: options.limits ?? defaultConnectionLimits,
      uploadMs,
      clock,
      workFolder,
      startScript,
    },
    state: new Map(),
  };
}

/** Keeps one registry, and serves its clients from the first enrollment on. */
async function serveRegistry(office: Office, index: number): Promise<void> {
  const { options, message, subject, desk, stop, servers } = office;
  const [registry, path] = [message.registries[index], options.listenPaths[index]];
  if (registry === undefined || path === undefined) return;
  let current: Enrollment | undefined;
  const keeper = {
    registry,
    subject,
    egressPath: options.egressPath,
    pace: options.pace ?? defaultEnrollmentPace,
    clock: desk.clock,
    log: options.log,
    freeSessions: () => desk.capacity.free,
    onEnrolled: async (enrollment: Enrollment): Promise<void> => {
      const isFirst = current === undefined;
      current = enrollment;
      // A server is opened once; later enrollments change what it shows to new connections.
      if (isFirst) servers.push(await openServer(office, path, () => current ?? enrollment));
      tell(office, { type: "listening", listen: path });
      tell(office, { type: "enrolled", registry: registry.url, notAfterSec: enrollment.notAfterSec });
    },
    onFailed: (code: string) => tell(office, { type: "enrollFailed", registry: registry.url, code }),
  };
  await keepEnrolled(keeper, stop);
}

function openServer({ options, desk }: Office, path: string, current: () => Enrollment): Promise<Service> {
  // A registry that was started anew has another signer: who met the old one keeps its certificate.
  const newest = (own: Enrollment) => (current().registry === own.registry ? current() : own);
  return openInnerServer({
    path,
    credentials: current,
    serve: (connection) => serveOracleConnection({ ...desk, newest }, connection),
    limits: desk.limits,
    clock: desk.clock,
    log: options.log,
  });
}

/** Notes a status under what it is about, and tells it. */
function tell({ state, control }: Office, status: ControlStatus): void {
  const about =
    "registry" in status ? status.registry : status.type + ("listen" in status ? status.listen : "");
  state.set(about, status);
  control.report(status);
}

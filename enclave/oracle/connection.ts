import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "#protocol/errors.ts";
import type { Certified } from "#protocol/wire/registry.ts";
import type { ScriptMessage } from "#protocol/wire/script.ts";
import { oracleRequestSchema, type OracleReplyWire, type OracleRequest } from "#protocol/wire/session.ts";
import { encodeCertificate } from "#protocol/wire/signed.ts";
import { secondsOf, withDeadline, type Clock } from "../common/clock.ts";
import type { ConnectionLimits } from "../common/connectionLimits.ts";
import { failedReply, openConversation, outOfOrder, type Conversation } from "../common/conversation.ts";
import type { InnerConnection } from "../common/innerServer.ts";
import { attestSession, type SessionSubject } from "../common/sessionAttestation.ts";
import type { HubName } from "../common/signer.ts";
import type { Nsm } from "../nsm/nsm.ts";
import type { Capacity } from "./capacity.ts";
import { holdDialog, ScriptFailure } from "./dialog.ts";
import type { Enrollment } from "./enroll.ts";
import type { ResultDesk, RunRequest } from "./result.ts";
import { stagedFolder, type ScriptOptions, type ScriptRun } from "./sandbox/scriptRun.ts";
import { receiveFolder } from "./upload.ts";

/** What a session says about its script; the rest of the sandbox's options are the enclave's own. */
export type SessionScript = Pick<ScriptOptions, "stagePath" | "domains" | "user">;

/** What every connection of an oracle shares. */
export interface OracleDesk {
  readonly nsm: Nsm;
  readonly subject: SessionSubject;
  readonly capacity: Capacity;
  readonly results: ResultDesk;
  readonly limits: ConnectionLimits;
  /** Longest upload of a folder. */
  readonly uploadMs: number;
  readonly clock: Clock;
  /** Where sessions' directories are made. */
  readonly workFolder: string;
  /** The newest enrollment at the registry that this connection's leaf is from. */
  newest(enrollment: Enrollment): Enrollment;
  startScript(script: SessionScript, onMessage: (message: ScriptMessage) => void): ScriptRun;
}

type Connection = InnerConnection<Enrollment>;
type Talk = Conversation<OracleRequest, OracleReplyWire>;

interface Session {
  readonly connection: Connection;
  readonly talk: Talk;
  /** The Hub named by hello: the run must be for it. */
  readonly hub: HubName;
  /** The next message besides ping and reattest, which are answered here. */
  readonly next: () => Promise<OracleRequest>;
}

/** Serves one user: hello, attestation, one run. Before the attestation nothing else is heard or said. */
export async function serveOracleConnection(desk: OracleDesk, connection: Connection): Promise<void> {
  const talk: Talk = openConversation(connection, { ...desk, incoming: oracleRequestSchema });
  try {
    const session = await greet(desk, connection, talk);
    const run = await session.next();
    if (run.type !== "run") throw outOfOrder("run", run.type);
    await serveRun(desk, session, run);
  } catch (error) {
    await talk.write(explain(error)).catch(() => undefined);
    throw error instanceof ScriptFailure ? error.error : error;
  } finally {
    await talk.close();
  }
}

function explain(error: unknown): OracleReplyWire {
  if (!(error instanceof ScriptFailure)) return failedReply(error);
  const { traceback } = error;
  return { ...failedReply(error.error), ...(traceback === undefined ? {} : { traceback }) };
}

async function greet(desk: OracleDesk, connection: Connection, talk: Talk): Promise<Session> {
  const hello = await talk.read();
  if (hello.type !== "hello") throw outOfOrder("hello", hello.type);
  const { certificate, registrySignature } = findCertified(desk.newest(connection.credentials), hello);
  connection.greeted();
  const attest = (nonce: Uint8Array) => attestSession({ ...desk, connection }, nonce);
  await talk.write({
    type: "attestation",
    document: await attest(hello.nonce),
    certificate: encodeCertificate(certificate),
    registrySignature,
  });
  const next = async (): Promise<OracleRequest> => {
    for (;;) {
      const request = await talk.read();
      if (request.type === "hello") throw outOfOrder("anything but a second hello", request.type);
      if (request.type === "ping") await talk.write({ type: "pong" });
      else if (request.type === "reattest") {
        await talk.write({ type: "reattestation", document: await attest(request.nonce) });
      } else return request;
    }
  };
  return { connection, talk, hub: { chainId: hello.chainId, hub: hello.hub }, next };
}

function findCertified({ certificates }: Enrollment, { chainId, hub }: HubName): Certified {
  const certified = certificates.find((one) => one.chainId === chainId && one.hub === hub);
  if (certified === undefined) {
    throw new UsageError("SERVICE_HUB_UNKNOWN", { actual: `${String(chainId)} ${hub}` });
  }
  return certified;
}

async function serveRun(desk: OracleDesk, session: Session, run: RunRequest): Promise<void> {
  if (run.chainId !== session.hub.chainId || run.hub !== session.hub.hub) {
    throw new UsageError("SERVICE_HUB_UNKNOWN", {
      expected: `${String(session.hub.chainId)} ${session.hub.hub}`,
      actual: `${String(run.chainId)} ${run.hub}`,
    });
  }
  const giveBack = desk.capacity.take();
  try {
    const stagePath = await mkdtemp(join(desk.workFolder, "session-"));
    try {
      await runOnStage(desk, session, { run, stagePath });
    } finally {
      await rm(stagePath, { recursive: true, force: true });
    }
  } finally {
    giveBack();
  }
}

async function runOnStage(
  desk: OracleDesk,
  { connection, talk, next }: Session,
  { run, stagePath }: { readonly run: RunRequest; readonly stagePath: string },
): Promise<void> {
  const { clock, uploadMs: timeoutMs } = desk;
  const folder = stagedFolder(stagePath);
  await mkdir(folder);
  const { oracleHash, domains } = await withDeadline(receiveFolder(run.files, folder, next), {
    clock,
    timeoutMs,
    code: "SERVICE_CLIENT_SILENT",
  });
  await talk.write({ type: "started", oracleHash });
  const startedAtSec = secondsOf(clock.nowMs());
  await holdDialog({
    run,
    next,
    write: (reply) => talk.write(reply),
    start: (onMessage) => desk.startScript({ stagePath, domains, user: run.user }, onMessage),
    sign: (call) =>
      desk.results.sign(
        { run, oracleHash, call, startedAtSec, signedAtSec: secondsOf(clock.nowMs()) },
        desk.newest(connection.credentials),
      ),
  });
}

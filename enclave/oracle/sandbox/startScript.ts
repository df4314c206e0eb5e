import type { ChildProcess } from "node:child_process";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { InternalError, OpenContractsError, TransportError, UsageError } from "#protocol/errors.ts";
import type { ScriptMessage, ScriptReply } from "#protocol/wire/script.ts";
import { startConfinedProcess, type ConfinedProcess } from "./confinedProcess.ts";
import { watchMemory } from "./memoryWatch.ts";
import { checkPrograms } from "./programs.ts";
import { connectScript, type ScriptChannel } from "./scriptChannel.ts";
import {
  defaultScriptLimits,
  type ScriptEnd,
  type ScriptLimits,
  type ScriptOptions,
  type ScriptRun,
} from "./scriptRun.ts";
import { createSessionCa, type SessionCa } from "./sessionCa.ts";
import { startSiteProcess } from "./siteProcess.ts";
import { fillStage, measureFolder, type Stage } from "./stage.ts";
import { explainRefusal } from "./userNamespaces.ts";
import { leaseUsers, returnUsers, type SessionUsers } from "./users.ts";

/** What the steps of one run share. */
interface Session {
  readonly options: ScriptOptions;
  readonly limits: ScriptLimits;
  readonly users: SessionUsers;
  readonly onMessage: (message: ScriptMessage) => void;
  /** Names the end; the first to do so decides. */
  readonly end: (how: ScriptEnd) => void;
  readonly ended: Promise<ScriptEnd>;
  channel: ScriptChannel | undefined;
}

/**
 * Runs the `oracle.py` of a staged folder, confined: own user, mount, process, network, IPC and host-name namespace,
 * read-only system, private working directory, seccomp, limits; and no network but TLS to the listed names, ended in
 * the session's site process. `onMessage` hears the script in order, until {@link ScriptRun.done} resolves.
 *
 * A failure is told by `done`: ENCLAVE_SANDBOX_UNAVAILABLE where this machine makes no sandbox (the script has then
 * not run), else one of the ENCLAVE_SCRIPT_ codes, ENCLAVE_UPLINK_UNAVAILABLE or ENCLAVE_SITES_FAILED.
 */
export function startScript(options: ScriptOptions, onMessage: (message: ScriptMessage) => void): ScriptRun {
  let end: (how: ScriptEnd) => void = () => undefined;
  const ended = new Promise<ScriptEnd>((resolve) => (end = resolve));
  const limits = { ...defaultScriptLimits, ...options.limits };
  let isOver = false;
  void ended.then(() => (isOver = true));
  const session: Session = {
    options,
    limits,
    users: leaseUsers(),
    onMessage: (message) => {
      if (!isOver) onMessage(message);
    },
    end,
    ended,
    channel: undefined,
  };
  return {
    send: (reply: ScriptReply) => session.channel?.send(reply),
    stop: (reason) => end({ outcome: "stopped", reason }),
    done: runSession(session),
  };
}

async function runSession(session: Session): Promise<ScriptEnd> {
  try {
    checkPrograms();
    const ca = await createSessionCa(session.options.clock);
    const stage = await fillStage(session.options, ca, session.users);
    return await runOnStage(session, stage, ca);
  } catch (error) {
    return failed(error);
  } finally {
    returnUsers(session.users);
  }
}

async function runOnStage(session: Session, stage: Stage, ca: SessionCa): Promise<ScriptEnd> {
  const { limits, users, options, onMessage } = session;
  const folderBytes = await measureFolder(stage.folder);
  const fail = (error: unknown): void => session.end(failed(error));
  const site = startSiteProcess({
    ...{ script: options, limits, stage, users, ca },
    ...{ onReport: onMessage, onBroken: fail },
  });
  try {
    const confined = startConfinedProcess({ stage, limits, users, folderBytes, handover: site.handover });
    session.channel = connectScript(confined, {
      ...{ limits, start: { type: "start", user: options.user }, onBroken: fail },
      onMessage: (message) => {
        if (message.type !== "submit") onMessage(message);
        // Should the site process have died, a page may have ended early in the script's eyes: no result then.
        else void site.confirmAlive().then(() => onMessage(message));
      },
    });
    return await watch(session, { site: site.child, confined, channel: session.channel });
  } finally {
    site.child.kill("SIGKILL");
  }
}

interface Running {
  readonly site: ChildProcess;
  readonly confined: ConfinedProcess;
  readonly channel: ScriptChannel;
}

/** Waits for the end, whoever names it, and leaves no process behind. */
async function watch(session: Session, { site, confined, channel }: Running): Promise<ScriptEnd> {
  const { limits, end } = session;
  const endWith = (code: ErrorCode): void => end(failed(new UsageError(code)));
  const timer = setTimeout(() => endWith("ENCLAVE_SCRIPT_TIME_LIMIT"), limits.wallClockMs);
  const endMemoryWatch = watchMemory(confined.child.pid ?? 0, limits.totalMemoryBytes, () =>
    endWith("ENCLAVE_SCRIPT_MEMORY_LIMIT"),
  );
  const closed = [
    whenClosed(confined.child).then((exit) => end(explainExit(exit, channel))),
    // The site process serves for as long as its pipes are open: it ends first only where something broke.
    whenClosed(site).then(() => end(failed(new TransportError("ENCLAVE_SITES_FAILED")))),
  ];
  const how = await session.ended;
  clearTimeout(timer);
  endMemoryWatch();
  channel.close();
  confined.kill();
  site.kill("SIGKILL");
  await Promise.all(closed);
  return how;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves once the process is gone and its pipes are read to their ends, also where it never started. */
function whenClosed(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("error", () => resolve({ code: null, signal: null }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

function explainExit({ code, signal }: Exit, channel: ScriptChannel): ScriptEnd {
  if (!channel.isReady()) return failed(explainRefusal(channel.lastWords()));
  const traceback = channel.traceback();
  if (traceback !== undefined) {
    return { outcome: "failed", error: new UsageError("ENCLAVE_SCRIPT_EXCEPTION"), traceback };
  }
  if (code === 0) return { outcome: "finished" };
  return failed(new UsageError("ENCLAVE_SCRIPT_KILLED", { actual: signal ?? `exit status ${String(code)}` }));
}

function failed(error: unknown): ScriptEnd {
  const known = error instanceof OpenContractsError ? error : new InternalError("INTERNAL", { cause: error });
  return { outcome: "failed", error: known };
}

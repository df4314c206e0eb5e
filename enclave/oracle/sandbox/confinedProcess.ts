import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Duplex, Readable } from "node:stream";
import { commandAs, scriptCommand } from "./command.ts";
import type { ScriptLimits } from "./scriptRun.ts";
import type { Stage } from "./stage.ts";
import type { SessionUsers } from "./users.ts";

/** The confined process and the pipes to it. */
export interface ConfinedProcess {
  readonly child: ChildProcess;
  /** Kills the launcher and the sandbox's first process together, and with that one all that is in the sandbox. */
  kill(): void;
  /** Lines the script writes. */
  readonly fromScript: Readable;
  /** Lines the script reads. */
  readonly toScript: Duplex;
  /** Standard output and error: drained, counted and thrown away, except for the launcher's own last words. */
  readonly noise: readonly Readable[];
}

export interface ConfinedProcessOptions {
  readonly stage: Stage;
  readonly limits: ScriptLimits;
  readonly users: SessionUsers;
  /** Bytes of the folder's files, which the working directory holds beside what the script may write. */
  readonly folderBytes: number;
  /** The site process's end of the handover; given away here. */
  readonly handover: Duplex;
}

/** Starts the script's launcher: network, bubblewrap, runner, all in one chain of exec. */
export function startConfinedProcess(options: ConfinedProcessOptions): ConfinedProcess {
  const { stage, limits, users, folderBytes, handover } = options;
  const [program = "", ...args] = commandAs(users.script, users, scriptCommand(stage, limits, folderBytes));
  const filter = openSync(stage.filter, "r");
  try {
    const child = spawn(program, args, {
      cwd: "/",
      env: {},
      // A session and process group of its own, without a terminal; the sandbox's first process stays in that group.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", handover, filter],
    });
    const [, stdout, stderr, fromScript, toScript] = child.stdio;
    return {
      child,
      kill: () => killGroup(child),
      fromScript: fromScript as Duplex,
      toScript: toScript as Duplex,
      noise: [stdout as Readable, stderr as Readable],
    };
  } finally {
    closeSync(filter);
    handover.destroy();
  }
}

/**
 * The launcher's death alone would not do: bubblewrap's inner process asks to die with the outer one only after some
 * steps of its own, and where the outer one was killed before, it would run the script with nobody to stop it.
 */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Already gone; its exit is on the way.
  }
}

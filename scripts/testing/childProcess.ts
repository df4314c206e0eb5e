import { spawn, type ChildProcess } from "node:child_process";
import type { Ending } from "./judge.ts";

const lingerMs = 5_000;
const tailLines = 40;
const running = new Set<ChildProcess>();

/** What to run, and for how long at most. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a command printed, beside how it ended. */
export interface Run extends Ending {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, in a process group of its own, which is gone when the promise settles. */
export function runCommand({ file, args, cwd, timeoutMs, environment = {} }: Command): Promise<Run> {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  running.add(child);
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout.on("data", (chunk: Buffer) => printed.stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => printed.stderr.push(chunk));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void endGroup(child);
  }, timeoutMs);
  return new Promise((resolve) => {
    const settle = (code: number | null, note: string): void => {
      clearTimeout(timer);
      running.delete(child);
      signalGroup(child, "SIGKILL");
      const stdout = Buffer.concat(printed.stdout).toString("utf8");
      const stderr = Buffer.concat(printed.stderr).toString("utf8") + note;
      resolve({ code, timedOut, stdout, stderr, tail: tailOf(stdout, stderr) });
    };
    child.once("error", (error) => {
      settle(null, error.message);
    });
    child.once("exit", () => setTimeout(() => child.stdout.destroy(), lingerMs).unref());
    child.once("close", (code) => {
      settle(code, "");
    });
  });
}

/** Ends every command that still runs: asks first, then insists. */
export async function endAllCommands(): Promise<void> {
  await Promise.all([...running].map(endGroup));
}

async function endGroup(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      resolve();
    });
    setTimeout(resolve, lingerMs).unref();
  });
  signalGroup(child, "SIGTERM");
  await ended;
  signalGroup(child, "SIGKILL");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

function tailOf(stdout: string, stderr: string): string {
  return [stdout, stderr]
    .map((text) => text.trimEnd().split("\n").slice(-tailLines).join("\n"))
    .filter((text) => text !== "")
    .join("\n");
}

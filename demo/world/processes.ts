import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { TransportError } from "#protocol/errors.ts";

/** A child process of the demo world. */
export interface WorldProcess {
  readonly name: string;
  readonly pid: number;
  /** The JSON object of the line that said it is ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Ends the process: SIGTERM, and SIGKILL for its whole group when it does not listen. */
  stop(): Promise<void>;
}

/** How to start one. */
export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Lines of both outputs, for the log. */
  readonly log: (line: string) => void;
  readonly readyTimeoutMs?: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Recognises the ready line; default: a JSON object with `ready: true`. */
  readonly readReady?: (line: string) => Readonly<Record<string, unknown>> | undefined;
}

/**
 * Starts a child in a process group of its own and waits for its ready line on stdout.
 * @throws TransportError DEMO_PROCESS_FAILED where it ends or stays silent instead
 */
export async function startProcess(options: ProcessOptions): Promise<WorldProcess> {
  const child = spawn(options.command, [...options.args], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, ...options.env },
  });
  const stop = createStop(child, options.graceMs ?? 5_000);
  const killGroup = (): void => {
    signalGroup(child, "SIGKILL");
  };
  process.once("exit", killGroup);
  child.once("exit", () => {
    process.removeListener("exit", killGroup);
    // What the child left behind in its group goes with it.
    killGroup();
  });
  try {
    const ready = await waitForReady(child, options);
    return { name: options.name, pid: child.pid ?? -1, ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function waitForReady(
  child: ChildProcess,
  options: ProcessOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { name, log, readReady = parseReady, readyTimeoutMs = 60_000 } = options;
  const last: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new TransportError("DEMO_PROCESS_FAILED", { actual: `${name} ${why}: ${last.join(" | ")}` }));
    };
    const timer = setTimeout(fail, readyTimeoutMs, "was not ready in time");
    const eachLine = (line: string): void => {
      log(`[${name}] ${line}`);
      last.push(line);
      if (last.length > 5) last.shift();
      const ready = readReady(line);
      if (ready === undefined) return;
      clearTimeout(timer);
      resolve(ready);
    };
    for (const output of [child.stdout, child.stderr]) {
      if (output !== null) createInterface({ input: output }).on("line", eachLine);
    }
    child.once("error", (error) => {
      fail(error.message);
    });
    // Not "exit": its last lines may still be on their way then.
    child.once("close", (code, signal) => {
      fail(`ended with ${String(code ?? signal)}`);
    });
  });
}

function parseReady(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const isReady = typeof value === "object" && value !== null && "ready" in value && value.ready === true;
    return isReady ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function createStop(child: ChildProcess, graceMs: number): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        resolve();
        return;
      }
      const timer = setTimeout(() => {
        signalGroup(child, "SIGKILL");
      }, graceMs);
      child.once("exit", () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill("SIGTERM");
    });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already: that is what was wanted.
  }
}

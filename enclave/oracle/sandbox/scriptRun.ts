import { join } from "node:path";
import type { Address } from "#protocol/bytes.ts";
import type { OpenContractsError } from "#protocol/errors.ts";
import type { ScriptReply } from "#protocol/wire/script.ts";

/** Where in a session's directory the oracle folder's files are written, hashed and run. */
export function stagedFolder(stagePath: string): string {
  return join(stagePath, "folder");
}

/** What a script may use. A limit that is left out has the value of {@link defaultScriptLimits}. */
export interface ScriptLimits {
  /** From start to end, in milliseconds, people's thinking included. */
  readonly wallClockMs: number;
  /** Processor time of each process, in seconds. */
  readonly cpuSec: number;
  /** Address space of each process, in bytes. */
  readonly memoryBytes: number;
  /** Memory of all processes together, in bytes; shared pages count once. */
  readonly totalMemoryBytes: number;
  /** Processes and threads at once. */
  readonly processes: number;
  /** Open files of each process. */
  readonly openFiles: number;
  /** The working directory beyond the folder's own files, and again /tmp, in bytes. */
  readonly diskBytes: number;
  /** Everything the script writes to its channel and to standard output and error, in bytes. */
  readonly outputBytes: number;
  /** Lines of the channel. */
  readonly messages: number;
  /** Connections to sites at once. */
  readonly connections: number;
  /** Bytes from and to sites, together. */
  readonly trafficBytes: number;
}

export const defaultScriptLimits: ScriptLimits = {
  wallClockMs: 15 * 60_000,
  cpuSec: 300,
  memoryBytes: 1024 ** 3,
  totalMemoryBytes: 2 * 1024 ** 3,
  processes: 64,
  openFiles: 256,
  diskBytes: 64 * 1024 ** 2,
  outputBytes: 8 * 1024 ** 2,
  messages: 20_000,
  connections: 64,
  trafficBytes: 512 * 1024 ** 2,
};

export interface ScriptOptions {
  /**
   * Directory made for this session alone. The oracle folder's files lie in its {@link stagedFolder}: the very files
   * that were hashed are run, not copies of them. What else the session needs is written beside them; the caller
   * deletes the directory after the run. Where the caller is uid 0, other users must be able to pass through the
   * directories above it (mode 0711).
   */
  readonly stagePath: string;
  /** Lower-case host names the script may open on port 443, or `*` for every public one. */
  readonly domains: readonly string[] | "*";
  /**
   * The enclave's way out, which takes HTTP `CONNECT name:443` and then carries raw bytes: the path of a unix
   * socket that the site process's user may write to, or `host:port`. Untrusted.
   */
  readonly uplink: string;
  /** Path of a PEM bundle: the roots that sites' certificates must chain to. */
  readonly siteRootsPem: string;
  /** What `session.user()` answers. */
  readonly user: Address;
  readonly limits?: Partial<ScriptLimits>;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * How a script ended. `finished`: by itself, without an exception. `stopped`: by {@link ScriptRun.stop}.
 * `failed`: `error` says why; with ENCLAVE_SCRIPT_EXCEPTION there is a `traceback` for the person.
 */
export type ScriptEnd =
  | { readonly outcome: "finished" }
  | { readonly outcome: "stopped"; readonly reason: string }
  | { readonly outcome: "failed"; readonly error: OpenContractsError; readonly traceback?: string };

/** A running script. */
export interface ScriptRun {
  /** Answers the script. Without effect once it has ended. */
  send(reply: ScriptReply): void;
  /** Kills the script and everything it started. Safe to call twice, or after the end. */
  stop(reason: string): void;
  /** Resolves once no process of the session is left; never rejects. */
  readonly done: Promise<ScriptEnd>;
}

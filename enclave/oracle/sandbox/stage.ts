import { chmod, chown, copyFile, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { encodeSeccompFilter } from "./seccomp.ts";
import { sandboxUnavailable } from "./programs.ts";
import type { ScriptOptions } from "./scriptRun.ts";
import type { SessionCa } from "./sessionCa.ts";
import type { SessionUsers } from "./users.ts";

/**
 * A session's own directory: copies of the measured Python code and of the oracle folder, which only the session's
 * group may read. So nothing depends on who may read the place that Open Contracts runs from.
 */
export interface Stage {
  readonly path: string;
  /** Files of the oracle folder. */
  readonly folder: string;
  /** The script's /etc. */
  readonly etc: string;
  /** The `opencontracts` module and the runner. */
  readonly python: string;
  /** The site process's code. */
  readonly sites: string;
  /** The roots that sites must chain to. */
  readonly roots: string;
  /** The seccomp filter. */
  readonly filter: string;
}

const measured = resolve(import.meta.dirname, "../..");

/** Writes the stage of one session. */
export async function createStage(
  options: ScriptOptions,
  ca: SessionCa,
  users: SessionUsers,
): Promise<Stage> {
  const path = await mkdtemp(join(options.workFolder ?? tmpdir(), "open-contracts-"));
  const stage: Stage = {
    path,
    folder: join(path, "folder"),
    etc: join(path, "etc"),
    python: join(path, "python"),
    sites: join(path, "sites"),
    roots: join(path, "roots.pem"),
    filter: join(path, "seccomp.bpf"),
  };
  try {
    await fillStage(stage, options, ca);
    await giveToGroup(path, users);
    return stage;
  } catch (error) {
    await removeStage(stage);
    throw error;
  }
}

/** Bytes of all regular files under `folder`. */
export async function measureFolder(folder: string): Promise<number> {
  const sizes = (await readdir(folder, { withFileTypes: true })).map(async (entry) => {
    const inner = join(folder, entry.name);
    if (entry.isDirectory()) return measureFolder(inner);
    return entry.isFile() ? (await stat(inner)).size : 0;
  });
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
}

/** Deletes the stage. */
export async function removeStage(stage: Stage): Promise<void> {
  await rm(stage.path, { recursive: true, force: true });
}

async function fillStage(stage: Stage, options: ScriptOptions, ca: SessionCa): Promise<void> {
  await cp(options.folder, stage.folder, { recursive: true, verbatimSymlinks: true });
  await cp(join(import.meta.dirname, "etc"), stage.etc, { recursive: true });
  await copyPython(join(measured, "sites"), stage.sites);
  await copyPython(join(measured, "python"), stage.python);
  await copyFile(options.siteRootsPem, stage.roots);
  await mkdir(join(stage.etc, "ssl/certs"), { recursive: true });
  await writeFile(join(stage.etc, "ssl/certs/ca-certificates.crt"), ca.certificatePem);
  await writeFile(stage.filter, encodeSeccompFilter(knownArch()));
}

/** Source files only, and no tests: what is not needed is not there. */
async function copyPython(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => !/\/(?:tests|__pycache__)$/.test(path) });
}

async function giveToGroup(path: string, users: SessionUsers): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await giveToGroup(inner, users);
    else if (entry.isFile()) await give(inner, 0o640, users);
  }
  await give(path, 0o750, users);
}

async function give(path: string, mode: number, users: SessionUsers): Promise<void> {
  await chmod(path, mode);
  if (users.isOwn) await chown(path, 0, users.group);
}

function knownArch(): "x64" | "arm64" {
  if (process.arch === "x64" || process.arch === "arm64") return process.arch;
  throw sandboxUnavailable("x64 or arm64", process.arch);
}

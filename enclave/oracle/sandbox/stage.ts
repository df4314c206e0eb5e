import { chmod, chown, copyFile, cp, mkdir, readdir, realpath, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkPassage } from "./passage.ts";
import { sandboxUnavailable } from "./programs.ts";
import { stagedFolder, type ScriptOptions } from "./scriptRun.ts";
import { encodeSeccompFilter } from "./seccomp.ts";
import type { SessionCa } from "./sessionCa.ts";
import type { SessionUsers } from "./users.ts";

/**
 * A session's own directory: the oracle folder and copies of the measured Python code, which only the session's group
 * may read. So nothing depends on who may read the place that Open Contracts runs from.
 */
export interface Stage {
  readonly path: string;
  /** Files of the oracle folder; they were there before. */
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

/**
 * Writes what the session needs beside the oracle folder, and gives all of it to the session's group.
 * @throws UsageError ENCLAVE_SANDBOX_UNAVAILABLE where the session's users cannot get there
 */
export async function fillStage(
  { stagePath, siteRootsPem }: ScriptOptions,
  ca: SessionCa,
  users: SessionUsers,
): Promise<Stage> {
  const path = await realpath(stagePath);
  await checkPassage(path, users);
  const stage: Stage = {
    path,
    folder: stagedFolder(path),
    etc: join(path, "etc"),
    python: join(path, "python"),
    sites: join(path, "sites"),
    roots: join(path, "roots.pem"),
    filter: join(path, "seccomp.bpf"),
  };
  await writeSystem(stage, siteRootsPem, ca);
  await giveToGroup(path, users);
  return stage;
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

async function writeSystem(stage: Stage, siteRootsPem: string, ca: SessionCa): Promise<void> {
  await cp(join(import.meta.dirname, "etc"), stage.etc, { recursive: true });
  await copyPython(join(measured, "sites"), stage.sites);
  await copyPython(join(measured, "python"), stage.python);
  await copyFile(siteRootsPem, stage.roots);
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

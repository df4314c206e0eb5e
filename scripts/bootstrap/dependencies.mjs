import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { withInstallLock } from "./installLock.mjs";
import { npmCi } from "./npm.mjs";
import { progress } from "./setupError.mjs";
import { parseVersion } from "./version.mjs";

const stampName = ".open-contracts-install.json";

/**
 * What an install depends on. `installed` is npm's own record inside node_modules: another npm command run by hand
 * changes it, an interrupted one leaves none.
 * @typedef {{lockfile: string, installed: string, nodeMajor: number, platform: string}} Stamp
 */

/**
 * Why node_modules has to be installed anew, or null when it stands as we left it.
 * @param {Stamp | null} stamp what the last complete install wrote
 * @param {Stamp} now
 * @returns {string | null}
 */
export function reasonToInstall(stamp, now) {
  if (stamp === null) return "nothing is installed yet, or an install was interrupted";
  if (stamp.lockfile !== now.lockfile) return "the lockfile changed";
  if (stamp.nodeMajor !== now.nodeMajor) return `it was installed by Node ${stamp.nodeMajor}`;
  if (stamp.platform !== now.platform) return `it was installed on ${stamp.platform}`;
  if (stamp.installed !== now.installed) return "something else changed node_modules";
  return null;
}

/**
 * Makes node_modules what package-lock.json says, by `npm ci`, where it is not. Concurrent starts wait for one another.
 * @param {{root: string, node: string, environment: NodeJS.ProcessEnv}} options
 */
export async function ensureDependencies({ root, node, environment }) {
  const nodeMajor = majorOf(node);
  if (reasonToInstall(readStamp(root), currentStamp(root, nodeMajor)) === null) return;
  mkdirSync(join(root, ".tools"), { recursive: true });
  await withInstallLock(join(root, ".tools", "install.lock"), async () => {
    const reason = reasonToInstall(readStamp(root), currentStamp(root, nodeMajor));
    if (reason === null) return;
    progress(`installing packages (${reason}); this takes about a minute`);
    await npmCi({ folder: root, node, environment });
    writeFileSync(join(root, "node_modules", stampName), JSON.stringify(currentStamp(root, nodeMajor)));
  });
}

function readStamp(root) {
  try {
    return JSON.parse(readFileSync(join(root, "node_modules", stampName), "utf8"));
  } catch {
    return null;
  }
}

function currentStamp(root, nodeMajor) {
  return {
    lockfile: digest(join(root, "package-lock.json")),
    installed: digest(join(root, "node_modules", ".package-lock.json")),
    nodeMajor,
    platform: `${process.platform}-${process.arch}`,
  };
}

function digest(file) {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return "absent";
  }
}

function majorOf(node) {
  if (node === process.execPath) return parseVersion(process.version)?.[0] ?? 0;
  return parseVersion(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout)?.[0] ?? 0;
}

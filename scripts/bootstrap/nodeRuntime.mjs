import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { withInstallLock } from "./installLock.mjs";
import { npmCi } from "./npm.mjs";
import { minimumNode, nodePinFor } from "./pins.mjs";
import { SetupError, progress } from "./setupError.mjs";
import { isAtLeast } from "./version.mjs";

/**
 * The Node to run with: this machine's where it is new enough, else the pinned one, installed into `.tools`.
 * Its folder is put first on the PATH of `environment`, so that every child finds the same Node.
 * @param {{root: string, environment: NodeJS.ProcessEnv}} options
 * @returns {Promise<string>} path of the executable
 */
export async function ensureNode({ root, environment }) {
  const node = isAtLeast(process.version, minimumNode)
    ? process.execPath
    : await bringNode({ root, environment });
  const path = Object.keys(environment).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  environment[path] = [dirname(node), join(root, "node_modules", ".bin"), environment[path]]
    .filter((part) => part !== undefined && part !== "")
    .join(delimiter);
  return node;
}

async function bringNode({ root, environment }) {
  const pin = nodePinFor(process);
  if (pin === undefined) {
    throw new SetupError(
      `Node ${process.version} is too old. Install Node ${minimumNode} or newer from https://nodejs.org and start again.`,
    );
  }
  const tools = join(root, ".tools");
  const home = join(tools, `${pin.name}-${pin.version}`);
  const node = nodeIn(home, pin);
  if (isUsable(node, pin)) return node;
  mkdirSync(tools, { recursive: true });
  await withInstallLock(join(tools, "node.lock"), async () => {
    if (!isUsable(node, pin)) await install({ home, pin, environment });
  });
  return node;
}

async function install({ home, pin, environment }) {
  progress(
    `Node ${process.version} is older than ${minimumNode}; installing ${pin.name}@${pin.version} into .tools`,
  );
  const draft = `${home}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  for (const [name, content] of Object.entries(projectOf(pin))) {
    writeFileSync(join(draft, name), JSON.stringify(content, null, 2));
  }
  await npmCi({ folder: draft, node: process.execPath, environment });
  assertInstalled(draft, pin);
  rmSync(home, { recursive: true, force: true });
  renameSync(draft, home);
}

/**
 * A package.json and a lockfile with the pinned sha512: npm itself refuses an archive that has another one.
 * @param {{name: string, version: string, integrity: string}} pin
 */
export function projectOf({ name, version, integrity }) {
  const top = { name: "open-contracts-node", version: "1.0.0", dependencies: { [name]: version } };
  return {
    "package.json": { ...top, private: true },
    "package-lock.json": {
      name: top.name,
      version: top.version,
      lockfileVersion: 3,
      requires: true,
      packages: { "": top, [`node_modules/${name}`]: { version, integrity } },
    },
  };
}

/** What npm wrote down after unpacking must name our sha512, and the binary must answer with the pinned version. */
function assertInstalled(home, pin) {
  const written = JSON.parse(readFileSync(join(home, "node_modules", ".package-lock.json"), "utf8"));
  const integrity = written.packages?.[`node_modules/${pin.name}`]?.integrity;
  if (integrity !== pin.integrity)
    throw new SetupError(`${pin.name} has integrity ${integrity}, not the pinned one.`);
  if (!isUsable(nodeIn(home, pin), pin)) {
    throw new SetupError(`${pin.name}@${pin.version} was installed but does not run on this machine.`);
  }
}

function isUsable(node, pin) {
  if (!existsSync(node)) return false;
  const asked = spawnSync(node, ["--version"], { encoding: "utf8" });
  return asked.status === 0 && asked.stdout.trim() === `v${pin.version}`;
}

function nodeIn(home, pin) {
  const executable = process.platform === "win32" ? "node.exe" : "node";
  return join(home, "node_modules", pin.name, "bin", executable);
}

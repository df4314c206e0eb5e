import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { SetupError } from "./setupError.mjs";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];
const sameKeystrokeMs = 500;
const lingerMs = 2_000;
const parentPollMs = 500;

/**
 * Runs `script`, a file of the checkout or of an installed package, under `node` with the arguments given. It gets
 * this terminal's streams and a process group of its own; signals are handed on, and when it has ended nothing of
 * its group is left.
 * @param {{root: string, node: string, environment: NodeJS.ProcessEnv, script: string, args: string[]}} options
 * @returns {Promise<number>} the exit code to end with
 */
export function runScript({ root, node, environment, script, args }) {
  const ownGroup = process.platform !== "win32";
  const leash = pathToFileURL(join(root, "scripts", "bootstrap", "leash.mjs")).href;
  const child = spawn(node, ["--import", leash, entryOf(root, script), ...args], {
    cwd: root,
    env: environment,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: ownGroup,
  });
  const release = forwardSignals(child);
  const watch = environment["npm_lifecycle_event"] === undefined ? undefined : watchParent(child);
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new SetupError(`${script} could not be started (${cause.message}).`)),
    );
    child.once("exit", (code, signal) => {
      const exitCode = code ?? 128 + constants.signals[signal];
      void (ownGroup ? endGroup(child.pid) : Promise.resolve()).then(() => {
        release();
        clearInterval(watch);
        resolve(exitCode);
      });
    });
  });
}

/** One Ctrl-C may arrive twice, from the terminal and from npm: it is handed on once. */
function forwardSignals(child) {
  const lastMs = new Map();
  const handlers = forwarded.map((signal) => {
    const handler = () => {
      const nowMs = Date.now();
      if (nowMs - (lastMs.get(signal) ?? 0) < sameKeystrokeMs) return;
      lastMs.set(signal, nowMs);
      child.kill(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => handlers.forEach((release) => release());
}

/** npm that is told to end passes that on to its shell only; what the shell started has to notice by itself. */
function watchParent(child) {
  const parent = process.ppid;
  return setInterval(() => process.ppid === parent || child.kill("SIGTERM"), parentPollMs);
}

async function endGroup(leader) {
  if (!signalGroup(leader, "SIGTERM")) return;
  for (const endMs = Date.now() + lingerMs; Date.now() < endMs;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (!signalGroup(leader, 0)) return;
  }
  signalGroup(leader, "SIGKILL");
}

function signalGroup(leader, signal) {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

function entryOf(root, script) {
  const file = join(root, script);
  if (existsSync(file)) return file;
  throw new SetupError(`there is no ${script} in this checkout.`);
}

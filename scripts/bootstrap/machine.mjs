import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { missingPackages, needsOf, sentenceForNamespaces } from "./needs.mjs";
import { SetupError, progress } from "./setupError.mjs";

const nobody = 65534;
const kernelSettings = {
  "kernel.unprivileged_userns_clone": "/proc/sys/kernel/unprivileged_userns_clone",
  "kernel.apparmor_restrict_unprivileged_userns": "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
  "user.max_user_namespaces": "/proc/sys/user/max_user_namespaces",
};

/**
 * Sees to what a script needs from the machine itself: on Linux programs from the distribution and user namespaces.
 * Root gets missing Debian packages installed; anyone else is told the command.
 * @param {{script: string, args: string[]}} start
 */
export function ensureMachine({ script, args }) {
  const needs = needsOf(script, args);
  if (process.platform !== "linux") {
    if (needs.sandbox) refuseOutsideLinux();
    return;
  }
  const missing = missingPackages(needs.packages, {
    hasProgram,
    hasFile: existsSync,
    hasBrowser: hasOwnBrowser(),
  });
  if (missing.length > 0) install(missing);
  if (needs.packages.includes("bubblewrap")) assertNamespaces();
}

function refuseOutsideLinux() {
  throw new SetupError(
    "scripts run only in a Linux sandbox: run `npm start` in a Linux virtual machine, or in a container that may " +
      'make user namespaces (docker run --privileged -it -v "$PWD":/work -w /work debian:12, then install nodejs and npm).',
  );
}

function install(packages) {
  const names = packages.join(" ");
  if (!hasProgram("apt-get"))
    throw new SetupError(`this machine lacks: ${names}. Install them and start again.`);
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `this machine lacks: ${names}. Run: sudo apt-get update && sudo apt-get install -y ${names}`,
    );
  }
  progress(`this machine lacks: ${names}; installing by apt-get`);
  apt(["update"]);
  apt(["install", "-y", "--no-install-recommends", ...packages]);
}

/** apt-get with all of its output on stderr. */
function apt(args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = spawnSync("apt-get", ["-qq", ...args], { env: environment, stdio: ["ignore", 2, 2] });
  if (run.status !== 0) throw new SetupError(`apt-get ${args.join(" ")} failed; see above what it said.`);
}

/** Tries what every script needs: a sandbox without network, made by someone who is not root. */
function assertNamespaces() {
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const trial = spawnSync("bwrap", ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "true"], {
    ...identity,
    cwd: "/",
    encoding: "utf8",
  });
  if (trial.status !== 0) throw new SetupError(sentenceForNamespaces(readSettings(), trial.stderr ?? ""));
}

function readSettings() {
  return Object.fromEntries(
    Object.entries(kernelSettings).flatMap(([name, file]) => {
      try {
        return [[name, readFileSync(file, "utf8").trim()]];
      } catch {
        return [];
      }
    }),
  );
}

function hasProgram(name) {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A Chromium that Playwright downloaded earlier serves as well as the system's. */
function hasOwnBrowser() {
  const cache = process.env["PLAYWRIGHT_BROWSERS_PATH"] ?? join(homedir(), ".cache", "ms-playwright");
  try {
    return readdirSync(cache).some((name) => name.startsWith("chromium-"));
  } catch {
    return false;
  }
}

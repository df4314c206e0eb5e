import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { SetupError } from "./setupError.mjs";

const tailLines = 15;

/** Quiet, and complete whatever NODE_ENV or npm's settings say; no package runs code of its own while installing. */
const quietly = ["--loglevel=error", "--no-audit", "--no-fund", "--no-progress", "--ignore-scripts"];
const completely = ["--include=dev", "--include=optional"];

/**
 * How to start npm: its own JavaScript where we know it, else the command on PATH.
 * @param {{node: string, environment: NodeJS.ProcessEnv, platform?: string}} where
 * @returns {{command: string, prefix: string[]}}
 */
export function npmCommand({ node, environment, platform = process.platform }) {
  const startedBy = environment["npm_execpath"] ?? "";
  if (/npm-cli\.c?js$/.test(startedBy) && existsSync(startedBy))
    return { command: node, prefix: [startedBy] };
  const beside = join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  if (platform === "win32" && existsSync(beside)) return { command: node, prefix: [beside] };
  return { command: "npm", prefix: [] };
}

/**
 * Runs `npm ci` in `folder`. What npm says is held back and shown (its end) only when it fails.
 * @param {{folder: string, node: string, environment: NodeJS.ProcessEnv}} options
 */
export async function npmCi({ folder, node, environment }) {
  const { command, prefix } = npmCommand({ node, environment });
  const npm = spawn(command, [...prefix, "ci", ...quietly, ...completely], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  for (const stream of [npm.stdout, npm.stderr]) stream.on("data", (chunk) => said.push(chunk));
  const stop = () => npm.kill("SIGTERM");
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await ended(npm, () => Buffer.concat(said).toString("utf8"));
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

function ended(npm, said) {
  return new Promise((resolve, reject) => {
    npm.once("error", (cause) => reject(new SetupError(`npm could not be started (${cause.message}).`)));
    npm.once("close", (code, signal) => {
      if (code === 0) return resolve(undefined);
      const tail = said().trimEnd().split("\n").slice(-tailLines).join("\n");
      reject(new SetupError(`npm ci ended with ${signal ?? `code ${code}`}. It said:\n${tail}`));
    });
  });
}

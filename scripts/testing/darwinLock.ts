import { existsSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { z } from "zod";
import { runCommand, type Command } from "./childProcess.ts";
import { judge } from "./judge.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { leaveOut, type Surroundings } from "./stage.ts";

const timeoutMs = 10 * 60_000;
const target = { os: "darwin", cpu: "arm64" };
const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/;

/** Packages without whose macOS binary nothing builds; the lockfile must name them, whatever else it names. */
export const indispensable = [
  "@nomicfoundation/edr-darwin-arm64",
  "@rolldown/binding-darwin-arm64",
  "@esbuild/darwin-arm64",
  "lightningcss-darwin-arm64",
];

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({ os: z.array(z.string()).optional(), cpu: z.array(z.string()).optional() }),
  ),
});

/** Folders (`node_modules/...`) of the packages that the lockfile holds for macOS on ARM alone. */
export function darwinPackages(lockfileText: string): string[] {
  return Object.entries(lockfile.parse(JSON.parse(lockfileText)).packages)
    .filter(([, { os = [], cpu = [target.cpu] }]) => os.includes(target.os) && cpu.includes(target.cpu))
    .map(([folder]) => folder);
}

/** Installs for macOS into a scratch folder, as a Mac would, and looks whether its binaries are there. */
export async function checkDarwinLock({ root, scratch, ci }: Surroundings): Promise<Outcome> {
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    await copyFile(join(root, name), join(scratch, name));
  }
  const ending = await runCommand(npmCommand(scratch));
  if (ending.code !== 0 && unreachable.test(ending.stderr))
    return leaveOut("darwin", "package registry unreachable", ci);
  const folders = darwinPackages(await readFile(join(root, "package-lock.json"), "utf8"));
  const wanted = [...new Set([...indispensable.map((name) => `node_modules/${name}`), ...folders])];
  const missing = wanted.filter((folder) => !existsSync(join(scratch, folder, "package.json")));
  const failures = missing.map((name): Failure => ({ name, message: "is not installed for macOS" }));
  const report = { passed: wanted.length - missing.length, failures, skips: [] };
  return judge({ stage: "darwin", ending, report: ending.code === 0 ? report : null }, { ci });
}

function npmCommand(cwd: string): Command {
  const asked = ["ci", `--os=${target.os}`, `--cpu=${target.cpu}`, "--ignore-scripts", "--prefer-offline"];
  const quiet = [
    "--loglevel=error",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--include=dev",
    "--include=optional",
  ];
  const npm = env["npm_execpath"] ?? "";
  if (npm.endsWith(".js")) return { file: execPath, args: [npm, ...asked, ...quiet], cwd, timeoutMs };
  return { file: "npm", args: [...asked, ...quiet], cwd, timeoutMs };
}

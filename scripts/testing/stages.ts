import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execPath, platform } from "node:process";
import { runCommand } from "./childProcess.ts";
import { checkDarwinLock } from "./darwinLock.ts";
import { judge } from "./judge.ts";
import { failedWith, sumOf, type Outcome } from "./outcome.ts";
import { parsePlaywright } from "./playwrightReport.ts";
import {
  parseEslint,
  parseGenerated,
  parsePrettier,
  parsePython,
  parseSolhint,
  parseTsc,
} from "./reports.ts";
import { leaveOut, runTool, type Stage, type Surroundings } from "./stage.ts";
import { parseVitest } from "./vitestReport.ts";

const minuteMs = 60_000;
const rooms = ["protocol", "extension", "enclave", "contracts", "scripts", "examples", "demo"];

/** Every part of the tests, in the order in which they begin. */
export const stages: readonly Stage[] = [
  { name: "build", about: "contracts compile", run: buildContracts },
  { name: "lint", about: "eslint and solhint", run: lint },
  { name: "darwin", about: "the lockfile holds the binaries that macOS needs", run: checkDarwinLock },
  { name: "format", about: "prettier", run: format },
  { name: "types", about: "every room against its own tsconfig", after: ["build"], run: types },
  { name: "generated", about: "generated files are up to date", after: ["build"], run: generated },
  { name: "python", about: "the module given to scripts, and its sandbox", run: python },
  {
    name: "unit",
    about: "vitest, one project per room",
    after: ["build"],
    isAlone: true,
    run: (where) => unit({ where, rooms, config: "vitest.config.ts" }),
  },
  { name: "e2e", about: "each promise in a real Chromium", after: ["build"], isAlone: true, run: endToEnd },
  {
    name: "long",
    about: "suites that take minutes",
    isAlone: true,
    isLong: true,
    run: (where) => unit({ where, rooms: ["scripts"], config: "vitest.long.config.ts" }),
  },
];

/** Hardhat prints no report: what counts are the artifacts it leaves. */
async function buildContracts({ root, ci }: Surroundings): Promise<Outcome> {
  const args = [join("node_modules", "hardhat", "dist", "src", "cli.js"), "build"];
  const environment = { HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" };
  const ending = await runCommand({ file: execPath, args, cwd: root, timeoutMs: 5 * minuteMs, environment });
  const artifacts = await countArtifacts(join(root, "build", "artifacts"));
  const report = ending.code === 0 ? { passed: artifacts, failures: [], skips: [] } : null;
  return judge({ stage: "build", ending, report }, { ci });
}

async function countArtifacts(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => /\.sol[/\\][^/\\]+\.json$/.test(file)).length;
}

async function lint(where: Surroundings): Promise<Outcome> {
  const eslint = join("node_modules", "eslint", "bin", "eslint.js");
  const solhint = join("node_modules", "solhint", "solhint.js");
  const sources = ["contracts/**/*.sol", "examples/**/*.sol"];
  return sumOf([
    await runTool({ name: "eslint", argv: [eslint, "--format", "json", "."], parse: parseEslint }, where),
    await runTool(
      {
        name: "solhint",
        argv: [solhint, "--disc", "--noPoster", "-f", "json", ...sources],
        parse: parseSolhint,
      },
      where,
    ),
  ]);
}

function format(where: Surroundings): Promise<Outcome> {
  const prettier = join("node_modules", "prettier", "bin", "prettier.cjs");
  return runTool(
    { name: "format", argv: [prettier, "--check", "."], parse: parsePrettier, isReportOnStderr: true },
    where,
  );
}

function types(where: Surroundings): Promise<Outcome> {
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  return runTool(
    { name: "types", argv: [tsc, "-b", "--verbose", "--pretty", "false"], parse: parseTsc },
    where,
  );
}

async function generated(where: Surroundings): Promise<Outcome> {
  const scripts = [
    join("scripts", "syncAbi.ts"),
    join("scripts", "codesDoc.ts"),
    join("contracts", "syncLocalHub.ts"),
  ];
  const check = (script: string): Promise<Outcome> =>
    runTool({ name: script, argv: [script, "--check"], parse: parseGenerated }, where);
  return sumOf(await Promise.all(scripts.map(check)));
}

/** On Linux the distribution's own Python, the one that the sandbox has. */
async function python({ root, ci }: Surroundings): Promise<Outcome> {
  const file = platform === "linux" ? "/usr/bin/python3" : "python3";
  const args = [join("enclave", "python", "run_tests.py")];
  const ending = await runCommand({ file, args, cwd: root, timeoutMs: 5 * minuteMs });
  return judge({ stage: "python", ending, report: parsePython(ending.stdout, ending.tail) }, { ci });
}

interface UnitRun {
  readonly where: Surroundings;
  readonly rooms: readonly string[];
  readonly config: string;
}

async function unit({ where: { root, scratch, ci }, rooms, config }: UnitRun): Promise<Outcome> {
  const report = join(scratch, "vitest.json");
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--config", config, "--reporter=json", `--outputFile=${report}`];
  const ending = await runCommand({ file: execPath, args, cwd: root, timeoutMs: 15 * minuteMs });
  return judge({ stage: "unit", ending, report: parseVitest(await read(report), rooms, root) }, { ci });
}

async function endToEnd({ root, scratch, ci }: Surroundings): Promise<Outcome> {
  if (platform !== "linux") return leaveOut("e2e", "not Linux", ci);
  const config = join("e2e", "playwright.config.ts");
  if (!existsSync(join(root, config))) return failedWith("e2e", `there is no ${config}`);
  const report = join(scratch, "playwright.json");
  const cli = join("node_modules", "playwright", "cli.js");
  const args = [cli, "test", "--config", config, "--reporter=json", "--retries=0", "--forbid-only"];
  const environment = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const ending = await runCommand({ file: execPath, args, cwd: root, timeoutMs: 15 * minuteMs, environment });
  return judge({ stage: "e2e", ending, report: parsePlaywright(await read(report)) }, { ci });
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

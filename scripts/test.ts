/** `npm test`: everything there is to check, each part judged by its machine report. `--help` says more. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { endAllCommands } from "./testing/childProcess.ts";
import { failedWith, sumOf, summaryOf, type Outcome } from "./testing/outcome.ts";
import { runAll } from "./testing/schedule.ts";
import type { Stage } from "./testing/stage.ts";
import { stages } from "./testing/stages.ts";

const usage = `usage: npm test [-- --only <stage>[,<stage>...]] [--long] [--list] [--help]
Runs every stage, lists what failed, and ends with the line "N passed, N failed, N skipped".
  --only   run these stages alone
  --long   run the suites that take minutes, and only them
  --list   name the stages
With CI=true a skip is a failure, unless its reason is "shared folder absent".`;

const root = join(import.meta.dirname, "..");
const interruptedCode = 130;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function chosenStages(only: readonly string[], long: boolean): readonly Stage[] {
  if (only.length === 0) return stages.filter(({ isLong = false }) => isLong === long);
  const unknown = only.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) throw new RangeError(`no stage is called ${unknown.join(", ")}; see --list`);
  return stages.filter(({ name }) => only.includes(name));
}

async function runStage(stage: Stage, scratchRoot: string): Promise<Outcome> {
  const scratch = join(scratchRoot, stage.name);
  await mkdir(scratch);
  const startedMs = performance.now();
  say(`${stage.name}: begins (${stage.about})`);
  const ci = process.env["CI"] === "true";
  const outcome = await stage
    .run({ root, scratch, ci })
    .catch((error: unknown) =>
      failedWith(stage.name, error instanceof Error ? (error.stack ?? "") : String(error)),
    );
  say(`${stage.name}: ${summaryOf(outcome)} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  return outcome;
}

function describeFailures(failures: Outcome["failures"]): string[] {
  return failures.flatMap(({ name, message }) => [
    `FAILED ${name}`,
    ...message.split("\n").map((line) => `    ${line}`),
    "",
  ]);
}

async function runChosen(chosen: readonly Stage[]): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), "open-contracts-test-"));
  const outcomes: Outcome[] = [];
  const interrupt = (): void => {
    say("interrupted: ending what runs");
    void endAllCommands()
      .then(() => rm(scratch, { recursive: true, force: true }))
      .finally(() => process.exit(interruptedCode));
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  await runAll(chosen, async (stage) => {
    outcomes.push(await runStage(stage, scratch));
  });
  await rm(scratch, { recursive: true, force: true });
  const total = sumOf(outcomes);
  for (const line of describeFailures(total.failures)) console.log(line);
  for (const { name, reason } of total.skips) console.log(`SKIPPED ${name} (${reason})`);
  console.log(summaryOf(total));
  return total.failures.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      long: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const chosen = chosenStages(
    values.only.flatMap((names) => names.split(",")),
    values.long,
  );
  if (!values.list) return runChosen(chosen);
  for (const { name, about } of stages) console.log(`${name.padEnd(10)} ${about}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}

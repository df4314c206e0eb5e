import { execPath } from "node:process";
import { runCommand, type Command } from "./childProcess.ts";
import { judge } from "./judge.ts";
import type { Outcome, SkipReason } from "./outcome.ts";
import { skippedFor } from "./outcome.ts";
import type { ReportParser } from "./reports.ts";

/** What every stage gets: the checkout, a scratch folder of its own, and whether skips are refused. */
export interface Surroundings {
  readonly root: string;
  /** Exists, is empty, and is removed afterwards. */
  readonly scratch: string;
  readonly ci: boolean;
}

/** One part of the tests: run by name, judged by its report. */
export interface Stage {
  readonly name: string;
  readonly about: string;
  /** Stages that must have ended before, when they run at all. */
  readonly after?: readonly string[];
  /** True where the stage uses all of the machine: then no other runs beside it. */
  readonly isAlone?: boolean;
  /** Left out unless longer suites are asked for, which then are all that runs. */
  readonly isLong?: boolean;
  readonly run: (surroundings: Surroundings) => Promise<Outcome>;
}

const minuteMs = 60_000;

/** A tool of ours, started by this Node, and how its report is read. */
export interface Tool {
  readonly name: string;
  /** File of the checkout, then arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly parse: ReportParser;
  readonly timeoutMs?: number;
  /** True for a tool that prints part of its report on stderr. */
  readonly isReportOnStderr?: boolean;
}

/** Runs a tool whose report is what it prints, and judges it. */
export async function runTool(tool: Tool, { root, ci }: Pick<Surroundings, "root" | "ci">): Promise<Outcome> {
  const { name, argv, parse, timeoutMs = 10 * minuteMs, isReportOnStderr = false } = tool;
  const command: Command = { file: execPath, args: argv, cwd: root, timeoutMs };
  const ending = await runCommand(command);
  return judge(
    { stage: name, ending, report: parse(ending.stdout + (isReportOnStderr ? ending.stderr : "")) },
    { ci },
  );
}

/** A whole stage left out for `reason`, which with CI=true may still make it fail. */
export function leaveOut(stage: string, reason: SkipReason, ci: boolean): Outcome {
  const ending = { code: 0, timedOut: false, tail: "" };
  return judge({ stage, ending, report: skippedFor(stage, reason) }, { ci });
}

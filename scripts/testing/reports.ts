import { z } from "zod";
import type { Failure, Outcome } from "./outcome.ts";

/** Reads a tool's report; null when it is not what the tool promises. */
export type ReportParser = (report: string) => Outcome | null;

const eslintReport = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(
      z.object({
        line: z.number().optional(),
        message: z.string(),
        ruleId: z.string().nullish(),
      }),
    ),
  }),
);

/** `eslint --format json`: every file is a check, every finding (of whatever severity) fails its file. */
export const parseEslint: ReportParser = (report) => {
  const files = parseJson(eslintReport, report);
  if (files === null) return null;
  const dirty = files.filter(({ messages }) => messages.length > 0);
  const failures = dirty.map(({ filePath, messages }) => ({
    name: filePath,
    message: messages
      .map(({ line, message, ruleId }) => `${line ?? 0}: ${message} (${ruleId ?? "syntax"})`)
      .join("\n"),
  }));
  return { passed: files.length - dirty.length, failures, skips: [] };
};

const solhintReport = z.array(
  z.union([
    z.object({
      filePath: z.string(),
      line: z.number(),
      severity: z.string(),
      message: z.string(),
      ruleId: z.string(),
    }),
    z.object({ conclusion: z.string() }),
  ]),
);

/** `solhint --formatter json`: one check, and one failure per error; a clean run prints nothing or an empty list. */
export const parseSolhint: ReportParser = (report) => {
  const rows = report.trim() === "" ? [] : parseJson(solhintReport, report);
  if (rows === null) return null;
  const failures = rows.flatMap((row): Failure[] =>
    "conclusion" in row || row.severity.toLowerCase() !== "error"
      ? []
      : [{ name: row.filePath, message: `${row.line}: ${row.message} (${row.ruleId})` }],
  );
  return { passed: failures.length === 0 ? 1 : 0, failures, skips: [] };
};

/** `prettier --check`: one check, and one failure per file it names. */
export const parsePrettier: ReportParser = (report) => {
  const failures = [...report.matchAll(/^\[(?:warn|error)\] ([^\s>|].*)$/gm)].flatMap(
    ([, text]): Failure[] =>
      text === undefined || text.startsWith("Code style issues")
        ? []
        : [{ name: text, message: "is not formatted; run npm run format" }],
  );
  if (failures.length > 0) return { passed: 0, failures, skips: [] };
  return report.includes("All matched files use Prettier code style!")
    ? { passed: 1, failures, skips: [] }
    : null;
};

/** `tsc -b --verbose`: every project of the build is a check, every error a failure. */
export const parseTsc: ReportParser = (report) => {
  const projects = new Set([...report.matchAll(/^\s+\* (\S.*tsconfig\.json)\s*$/gm)].map(([, file]) => file));
  projects.delete("tsconfig.json");
  if (projects.size === 0) return null;
  const errors = [...report.matchAll(/^(\S[^\n(]*)\((\d+),\d+\): error (TS\d+: [^\n]*)$/gm)];
  const general = [...report.matchAll(/^error (TS\d+: [^\n]*)$/gm)];
  const failures = [
    ...errors.map(([, file = "", line = "", text = ""]) => ({ name: file, message: `${line}: ${text}` })),
    ...general.map(([, text = ""]) => ({ name: "tsc", message: text })),
  ];
  const roomOf = (file: string): string | undefined =>
    [...projects]
      .map((project) => project?.replace(/tsconfig\.json$/, "") ?? "")
      .filter((folder) => file.startsWith(folder))
      .sort((a, b) => b.length - a.length)[0];
  const broken = new Set(failures.map(({ name }) => roomOf(name)));
  return { passed: Math.max(0, projects.size - broken.size), failures, skips: [] };
};

const pythonReport = z.object({
  passed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  failures: z.array(z.string()),
});

/**
 * Our runner of the Python tests: its last line is `{"passed", "skipped", "failures": [names], ...}`; what went wrong
 * is in `tail`. It gives no reasons for skips, so that none is accepted.
 */
export function parsePython(report: string, tail: string): Outcome | null {
  const parsed = parseJson(pythonReport, report.trimEnd().split("\n").at(-1) ?? "");
  if (parsed === null) return null;
  return {
    passed: parsed.passed,
    failures: parsed.failures.map((name, index) => ({ name, message: index === 0 ? tail : "see above" })),
    skips: parsed.skipped === 0 ? [] : [{ name: `${parsed.skipped} Python tests`, reason: "" }],
  };
}

/** Parses JSON against a schema; null when either fails. */
export function parseJson<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Checks of generated files: a line `stale: <file>` for each that is, and `checked <n> files` at the end. */
export const parseGenerated: ReportParser = (report) => {
  const checked = /^checked (\d+) files?$/m.exec(report);
  if (checked === null) return null;
  const stale = [...report.matchAll(/^stale: (.+)$/gm)].map(([, file = ""]) => file);
  const failures = stale.map((name) => ({ name, message: "is older than its source; generate it anew" }));
  return { passed: Number(checked[1]) - stale.length, failures, skips: [] };
};

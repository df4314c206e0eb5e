import { z } from "zod";
import type { Failure, Outcome, Skip } from "./outcome.ts";
import { parseJson } from "./reports.ts";

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

type TestFile = z.infer<typeof vitestReport>["testResults"][number];

/**
 * vitest's JSON report. A file that could not be loaded is a failure; a skipped test's reason is looked for in its
 * full name; a room that was asked for and has no test at all is a failure.
 */
export function parseVitest(report: string, rooms: readonly string[], root: string): Outcome | null {
  const files = parseJson(vitestReport, report)?.testResults;
  if (files === undefined) return null;
  const tests = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, name: `${relativeTo(root, name)} > ${test.fullName}` })),
  );
  const empty = rooms.filter((room) => !files.some((file) => isTestOf(file, `${root}/${room}/`)));
  const failures: Failure[] = [
    ...files.filter(isBroken).map(({ name, message }) => ({
      name: relativeTo(root, name),
      message: message === undefined || message === "" ? "the file holds no test that ran" : message,
    })),
    ...tests
      .filter(({ status }) => status === "failed")
      .map(({ name, failureMessages }) => ({ name, message: readable(failureMessages ?? []) })),
    ...empty.map((room) => ({ name: room, message: "this room has no test" })),
  ];
  const skips = tests
    .filter(({ status }) => status !== "passed" && status !== "failed")
    .map(({ name, fullName, status }): Skip => ({ name, reason: `${status}: ${fullName}` }));
  return { passed: tests.filter(({ status }) => status === "passed").length, failures, skips };
}

/** Without the frames of the packages, which say nothing about our code. */
function readable(messages: readonly string[]): string {
  const lines = messages.flatMap((message) => message.split("\n"));
  return lines.filter((line) => !/^\s+at .*\/node_modules\//.test(line)).join("\n");
}

function isBroken({ status, assertionResults }: TestFile): boolean {
  if (assertionResults.length === 0) return true;
  return status === "failed" && !assertionResults.some((test) => test.status === "failed");
}

function isTestOf({ name, assertionResults }: TestFile, folder: string): boolean {
  return name.startsWith(folder) && assertionResults.length > 0;
}

function relativeTo(root: string, file: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

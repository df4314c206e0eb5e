import { z } from "zod";
import type { Failure, Outcome, Skip } from "./outcome.ts";
import { parseJson } from "./reports.ts";

const spec = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(
    z.object({
      status: z.enum(["expected", "unexpected", "flaky", "skipped"]),
      annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })),
      results: z.array(z.object({ error: z.object({ message: z.string().optional() }).optional() })),
    }),
  ),
});

type Spec = z.infer<typeof spec>;

interface Suite {
  readonly specs: readonly Spec[];
  readonly suites?: readonly Suite[] | undefined;
}

const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({ specs: z.array(spec), suites: z.array(suite).optional() }),
);

const playwrightReport = z.object({
  suites: z.array(suite),
  errors: z.array(z.object({ message: z.string().optional() })),
});

/** Playwright's JSON report. A flow that passed only when tried again has failed. */
export function parsePlaywright(report: string): Outcome | null {
  const parsed = parseJson(playwrightReport, report);
  if (parsed === null) return null;
  const flows = parsed.suites
    .flatMap(specsOf)
    .flatMap(({ title, file, tests }) => tests.map((test) => ({ ...test, name: `${file} > ${title}` })));
  const failures: Failure[] = [
    ...flows
      .filter(({ status }) => status === "unexpected" || status === "flaky")
      .map(({ name, results }) => ({
        name,
        message: results.map(({ error }) => error?.message ?? "").find((text) => text !== "") ?? "failed",
      })),
    ...parsed.errors.map(({ message }) => ({ name: "e2e", message: message ?? "an error without text" })),
  ];
  const skips: Skip[] = flows
    .filter(({ status }) => status === "skipped")
    .map(({ name, annotations }) => ({
      name,
      reason: annotations.find(({ type }) => type === "skip")?.description ?? "",
    }));
  return { passed: flows.filter(({ status }) => status === "expected").length, failures, skips };
}

function specsOf({ specs, suites = [] }: Suite): Spec[] {
  return [...specs, ...suites.flatMap(specsOf)];
}

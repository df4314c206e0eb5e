import { skipReasons, type Failure, type Outcome, type Skip } from "./outcome.ts";

/** How a stage's process ended. */
export interface Ending {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly timedOut: boolean;
  /** The end of what it printed, for the failure that names no test. */
  readonly tail: string;
}

/** What a stage is judged by: its name, how it ended, what its report said (null: there was none that can be read). */
export interface Evidence {
  readonly stage: string;
  readonly ending: Ending;
  readonly report: Outcome | null;
}

/**
 * Turns a report into the outcome that counts. A stage that ran out of time, ended without report, found no test,
 * or ended with an error although its report names none, has failed; so has a skip without an accepted reason.
 */
export function judge({ stage, ending, report }: Evidence, options: { readonly ci: boolean }): Outcome {
  const broken = breakageOf({ stage, ending, report });
  const refused = (report?.skips ?? []).filter((skip) => !isAccepted(skip, options.ci));
  return {
    passed: report?.passed ?? 0,
    failures: [...(report?.failures ?? []), ...broken, ...refused.map(refusalOf)],
    skips: (report?.skips ?? []).filter((skip) => !refused.includes(skip)),
  };
}

function breakageOf({ stage, ending, report }: Evidence): Failure[] {
  const failure = (what: string): Failure[] => [
    { name: stage, message: `${what}\n${ending.tail}`.trimEnd() },
  ];
  if (ending.timedOut) return failure("did not end in time");
  if (report === null) return failure(`ended (${endingText(ending)}) without a report that can be read`);
  if (report.failures.length > 0) return [];
  if (report.passed + report.skips.length === 0) return failure("found no test");
  return ending.code === 0
    ? []
    : failure(`ended with ${endingText(ending)}, though its report names no failure`);
}

function endingText({ code }: Ending): string {
  return code === null ? "by a signal" : `code ${code}`;
}

/** A skip may name its test before the reason; what counts is the reason's own words. */
function isAccepted({ reason }: Skip, ci: boolean): boolean {
  return (ci ? skipReasons.slice(0, 1) : skipReasons).some((accepted) => reason.includes(accepted));
}

function refusalOf({ name, reason }: Skip): Failure {
  return {
    name,
    message: `was skipped (${reason === "" ? "no reason given" : reason}), which is not accepted here`,
  };
}

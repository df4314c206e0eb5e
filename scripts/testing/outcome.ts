/** A check that failed, as a person reads it. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** A check that was not made, and why. */
export interface Skip {
  readonly name: string;
  readonly reason: string;
}

/** What a stage's machine report says, whatever tool wrote it. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skips: readonly Skip[];
}

/** The only reasons for which a check may be left out. With CI=true only the first one is accepted. */
export const skipReasons = [
  "shared folder absent",
  "not Linux",
  "no user namespaces",
  "no Chromium",
  "package registry unreachable",
] as const;

/** One of {@link skipReasons}. */
export type SkipReason = (typeof skipReasons)[number];

/** An outcome of nothing but one failure. */
export function failedWith(name: string, message: string): Outcome {
  return { passed: 0, failures: [{ name, message }], skips: [] };
}

/** An outcome of nothing but one skip. */
export function skippedFor(name: string, reason: SkipReason): Outcome {
  return { passed: 0, failures: [], skips: [{ name, reason }] };
}

/** The sum of several outcomes. */
export function sumOf(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    skips: outcomes.flatMap(({ skips }) => skips),
  };
}

/** The last line of the whole run. */
export function summaryOf({ passed, failures, skips }: Outcome): string {
  return `${passed} passed, ${failures.length} failed, ${skips.length} skipped`;
}

import type { JourneyStep } from "./journey/step.ts";

/** Tells a person what happens. With JSON everything but the report goes to stderr. */
export interface Teller {
  /** A part of the world is being started. */
  progress(text: string): void;
  /** A step is done. */
  step(step: JourneyStep): void;
  /** Something to read or do. */
  say(text: string): void;
  fail(text: string): void;
  /** The report, one line on stdout. */
  json(report: unknown): void;
}

/** Makes a teller on this process's outputs. */
export function createTeller(isJson: boolean): Teller {
  const out = isJson ? process.stderr : process.stdout;
  const line = (text: string): void => void out.write(`${text}\n`);
  return {
    progress: (text) => {
      line(`… ${text}`);
    },
    step: ({ name, ms, evidence }) => {
      line(`✓ ${name} (${String(ms)} ms): ${evidence}`);
    },
    say: line,
    fail: (text) => {
      process.stderr.write(`✗ ${text}\n`);
    },
    json: (report) => void process.stdout.write(`${JSON.stringify(report)}\n`),
  };
}

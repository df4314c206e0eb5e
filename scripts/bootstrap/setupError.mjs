import process from "node:process";

/** Something on this machine a person has to mend; the message is one line that says how. */
export class SetupError extends Error {}

/**
 * What a person reads when setting up fails: one line for what is expected, the whole stack for a mistake of ours.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (error instanceof SetupError) return `open-contracts: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * One line of progress, on stderr.
 * @param {string} line
 */
export function progress(line) {
  process.stderr.write(`open-contracts: ${line}\n`);
}

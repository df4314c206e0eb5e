import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { UsageError } from "#protocol/errors.ts";
import type { Answers } from "./person.ts";

/** Asks a person on the terminal. */
export interface Terminal {
  /** Shows a prompt and takes the next line. @throws UsageError DEMO_ANSWER_MISSING where there is none */
  readonly ask: Answers;
  close(): void;
}

/** Opens a terminal: one line of `input` an answer; a pipe may hold the lines beforehand. Prompts go to `output`. */
export function openTerminal(input: Readable, output: Writable): Terminal {
  const terminal = createInterface({ input });
  const lines = terminal[Symbol.asyncIterator]();
  return {
    async ask(prompt) {
      output.write(`? ${prompt}\n`);
      const line = await lines.next();
      if (line.done === true) throw new UsageError("DEMO_ANSWER_MISSING", { actual: prompt });
      return line.value;
    },
    close: () => {
      terminal.close();
    },
  };
}

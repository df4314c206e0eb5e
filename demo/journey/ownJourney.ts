import { createInterface } from "node:readline";
import type { BrowserContext, Page } from "playwright";
import type { Hex } from "viem";
import { UntrustedError, UsageError } from "#protocol/errors.ts";
import type { Recorder } from "../world/recorder.ts";
import type { World } from "../world/world.ts";
import { createPerson, type Answers, type Person } from "./person.ts";
import type { StepRecorder } from "./step.ts";

/** What a run of a person's own folder ended with. */
export interface OwnJourneyReport {
  readonly ok: boolean;
  readonly steps: StepRecorder["steps"];
  readonly oracleHash: Hex;
  /** The arguments that the script submitted, as the result page shows them. */
  readonly submitted: string;
  readonly tx: Hex;
}

/** Runs a person's own folder through the whole chain; its prompts are asked on the terminal. */
export async function makeOwnJourney(
  { world, recorder }: { readonly world: World; readonly recorder: Recorder },
  context: BrowserContext,
  steps: StepRecorder,
): Promise<OwnJourneyReport> {
  const person = await createPerson(context);
  await person.open(world.dapp.url);
  const session = await person.prove();
  await person.confirmAccount(session);
  await steps.run(
    "approve",
    () => person.approve(session),
    () => recorder.oracleHash,
  );
  const terminal = openTerminal();
  try {
    await steps.run("run the script", () => answerToResult(person, session, terminal.ask), String);
  } finally {
    terminal.close();
  }
  const submitted = await session.getByTestId("result-arguments").innerText();
  const tx = await steps.run("submit", () => person.submit(session), String);
  return { ok: true, steps: steps.steps, oracleHash: recorder.oracleHash, submitted, tx: tx as Hex };
}

async function answerToResult(person: Person, session: Page, answers: Answers): Promise<string> {
  if ((await person.answer(session, answers)) === "result") return "a signed result";
  const actual = (await session.getByTestId("ended").textContent()) ?? "";
  throw new UntrustedError("DEMO_STEP_FAILED", { expected: "a signed result", actual });
}

/** Asks on the terminal, one line an answer; a pipe may hold the lines beforehand. */
function openTerminal(): { readonly ask: Answers; close(): void } {
  const terminal = createInterface({ input: process.stdin });
  const lines = terminal[Symbol.asyncIterator]();
  return {
    async ask(prompt) {
      process.stderr.write(`? ${prompt}\n`);
      const line = await lines.next();
      if (line.done === true) throw new UsageError("DEMO_ANSWER_MISSING", { actual: prompt });
      return line.value;
    },
    close: () => {
      terminal.close();
    },
  };
}

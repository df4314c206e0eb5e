import type { BrowserContext } from "playwright";
import type { Hex } from "viem";
import type { Recorder } from "../world/recorder.ts";
import type { World } from "../world/world.ts";
import { createPerson } from "./person.ts";
import { answerToResult } from "./result.ts";
import type { StepRecorder } from "./step.ts";
import { openTerminal } from "./terminal.ts";

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
  const terminal = openTerminal(process.stdin, process.stderr);
  try {
    await steps.run("run the script", () => answerToResult(person, session, terminal.ask), String);
  } finally {
    terminal.close();
  }
  const submitted = await session.getByTestId("result-arguments").innerText();
  const tx = await steps.run("submit", () => person.submit(session), String);
  return { ok: true, steps: steps.steps, oracleHash: recorder.oracleHash, submitted, tx: tx as Hex };
}

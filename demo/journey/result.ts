import type { Page } from "playwright";
import { UntrustedError } from "#protocol/errors.ts";
import type { Answers, Person } from "./person.ts";

/**
 * Answers the script's prompts until it has handed in a result; the returned text is the step's evidence.
 * @throws UntrustedError DEMO_STEP_FAILED with the end's text where the session ended without one
 */
export async function answerToResult(person: Person, session: Page, answers: Answers): Promise<string> {
  const end = await person.answer(session, answers);
  return requireResult(end, () => session.getByTestId("ended").textContent());
}

/**
 * The evidence of a session that ended with a result.
 * @throws UntrustedError DEMO_STEP_FAILED with what `readEnd` finds where it ended without one
 */
export async function requireResult(
  end: "result" | "ended",
  readEnd: () => Promise<string | null>,
): Promise<string> {
  if (end === "result") return "a signed result";
  throw new UntrustedError("DEMO_STEP_FAILED", {
    expected: "a signed result",
    actual: (await readEnd()) ?? "",
  });
}

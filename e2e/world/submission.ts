import type { Page } from "playwright";
import { patienceMs } from "../../demo/journey/person.ts";

const preparations = ["mend-get-opn", "mend-allow-opn", "mend-check-again"];

/** Does what has to be done before a result can be submitted, and stops at the press that would submit it. */
export async function readyToSubmit(session: Page): Promise<void> {
  const submission = session.getByTestId("submission");
  const ready = submission.and(session.locator('[data-status="ready"]'));
  const buttons = preparations.map((id) => session.getByTestId(id).and(session.locator(":enabled")));
  const next = buttons.reduce((all, one) => all.or(one), ready);
  for (let presses = 0; presses < 6; presses++) {
    await next.first().waitFor({ timeout: patienceMs });
    if ((await ready.count()) > 0) return;
    const button = buttons.reduce((all, one) => all.or(one)).first();
    await button.click();
    // The press has been taken once the button is gone or waits.
    await submission.and(session.locator(':not([data-status="blocked"])')).waitFor({ timeout: patienceMs });
  }
  throw new Error("the result never became ready to submit");
}

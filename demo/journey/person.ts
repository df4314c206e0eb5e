import type { BrowserContext, Page } from "playwright";
import { UntrustedError } from "#protocol/errors.ts";

/** Longest wait for one thing to appear, ms; generous, for nothing is measured by it. */
export const patienceMs = 60_000;

/** What a person types at a prompt. */
export type Answers = (prompt: string) => string | Promise<string>;

/** What a person does at the page and in the extension's window, click by click. */
export interface Person {
  /** The example's page. */
  readonly page: Page;
  /** Opens the page and connects the wallet. */
  open(url: string): Promise<void>;
  /** Clicks the page's button and returns the extension's window that it opens. */
  prove(): Promise<Page>;
  /** Confirms the reported account as one's own. */
  confirmAccount(session: Page): Promise<void>;
  /** Approves the consent page. */
  approve(session: Page): Promise<void>;
  /** Answers every prompt until the session shows a result or its end; says which. */
  answer(session: Page, answers: Answers): Promise<"result" | "ended">;
  /** Presses the result page's one button until the Hub has confirmed; returns the transaction hash. */
  submit(session: Page): Promise<string>;
}

/** Puts a person in front of `context`. */
export async function createPerson(context: BrowserContext): Promise<Person> {
  const page = await context.newPage();
  return {
    page,
    async open(url) {
      await page.goto(url);
      await page.getByTestId("connect").click();
      await page.getByTestId("prove").and(page.locator(":enabled")).waitFor({ timeout: patienceMs });
    },
    async prove() {
      const opened = waitForSession(context);
      await page.getByTestId("prove").click();
      const session = await opened;
      await session.getByTestId("consent").waitFor({ timeout: patienceMs });
      return session;
    },
    confirmAccount,
    approve,
    answer,
    submit,
  };
}

/** The next session window. Others may open meanwhile: the welcome page after an installation is one. */
async function waitForSession(context: BrowserContext): Promise<Page> {
  return context.waitForEvent("page", {
    timeout: patienceMs,
    predicate: (opened) =>
      opened.waitForURL(/#\/session\//, { timeout: patienceMs }).then(
        () => true,
        () => false,
      ),
  });
}

async function confirmAccount(session: Page): Promise<void> {
  await session.getByTestId("account").first().waitFor({ timeout: patienceMs });
  const isMine = session.getByTestId("account-is-mine").first();
  if ((await isMine.count()) > 0) await isMine.check();
  await session.getByTestId("choose-account").first().click();
  await session.getByTestId("consent-account").waitFor({ timeout: patienceMs });
}

async function approve(session: Page): Promise<void> {
  const button = session.getByTestId("approve");
  await button.and(session.locator(":enabled")).waitFor({ timeout: patienceMs });
  await button.click();
  await session.getByTestId("session").waitFor({ timeout: patienceMs });
}

async function answer(session: Page, answers: Answers): Promise<"result" | "ended"> {
  const prompt = session.getByTestId("prompt");
  const next = prompt.or(session.getByTestId("result")).or(session.getByTestId("ended"));
  for (;;) {
    await next.first().waitFor({ timeout: patienceMs });
    if ((await session.getByTestId("result").count()) > 0) return "result";
    if ((await session.getByTestId("ended").count()) > 0) return "ended";
    const text = await session.getByTestId("prompt-text").innerText();
    await session.getByTestId("prompt-answer").fill(await answers(text));
    await session.getByTestId("prompt-send").click();
    // The same prompt is not answered twice: it has to leave, or another text to take its place.
    await session.waitForFunction(
      (old) => document.querySelector<HTMLElement>('[data-testid="prompt-text"]')?.innerText !== old,
      text,
      { timeout: patienceMs },
    );
  }
}

const mends = ["connect-wallet", "switch-chain", "get-opn", "allow-opn", "check-again"];

async function submit(session: Page): Promise<string> {
  const buttons = [...mends.map((name) => `mend-${name}`), "submit"].map((id) => session.getByTestId(id));
  const done = session.getByTestId("close");
  const pressable = buttons.map((button) => button.and(session.locator(":enabled")));
  const next = pressable.reduce((all, one) => all.or(one), done);
  for (let presses = 0; presses < 12; presses++) {
    await next.first().waitFor({ timeout: patienceMs });
    if ((await done.count()) > 0) return session.getByTestId("transaction-hash").innerText();
    await next.first().click();
    await session.waitForTimeout(200);
  }
  throw new UntrustedError("DEMO_STEP_FAILED", { expected: "a confirmed submission" });
}

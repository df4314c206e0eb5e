import type { Page } from "playwright";
import type { Visit } from "../world/visit.ts";
import { expect, test } from "../world/flow.ts";
import { askAsPage } from "../world/pageRequest.ts";
import { killWorker, reloadExtension } from "../world/workers.ts";

/** The toolbar popup, opened as a page. */
async function openPopup({ context, ownPage }: Visit): Promise<Page> {
  const popup = await context.newPage();
  await popup.goto(await ownPage());
  await popup.getByTestId("home").waitFor();
  return popup;
}

/** Presses Submit in the popup and goes on in the session's window to the Hub's word. */
async function submitFromPopup(visitor: Visit): Promise<void> {
  const popup = await openPopup(visitor);
  await expect(popup.getByTestId("unsent").getByTestId("row")).toHaveCount(1);
  await expect(popup.getByTestId("row")).toContainText("buyTokens");
  await expect(popup.getByTestId("row-deadline")).toContainText("left");
  const opened = visitor.context.waitForEvent("page", (page) => page.url().includes("/session/"));
  await popup.getByTestId("row-submit").click();
  await visitor.person.submit(await opened);
  await expect(popup.getByTestId("unsent")).toHaveCount(0);
}

/** Has the page write down the code of the next `disconnect`; the listener is there once this returns. */
async function hearDisconnect(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { openContracts } = window as unknown as {
      openContracts: { on(event: string, listener: (error: { code: number }) => void): void };
    };
    openContracts.on("disconnect", ({ code }) => {
      document.body.dataset["heard"] = String(code);
    });
  });
}

test("a worker that is killed while a script runs ends the session, says so, and the next one works", async ({
  visit,
}) => {
  const visitor = await visit();
  const { context, person, answers, pay, start } = visitor;
  pay();
  const session = await start();
  await session.getByTestId("prompt").waitFor();
  await hearDisconnect(person.page);
  await killWorker(session);

  await expect(session.getByTestId("ended").getByTestId("error-code")).toHaveText("SESSION_WORKER_RESTARTED");
  await expect.poll(() => person.page.evaluate(() => document.body.dataset["heard"])).toBe("4900");
  const sessionId = session.url().split("/session/")[1];
  expect(await askAsPage(person.page, "oc_getSession", { sessionId })).toMatchObject({
    result: { phase: "failed", error: { reason: "SESSION_WORKER_RESTARTED" } },
  });
  await session.close();

  const next = await start();
  expect(await person.answer(next, answers)).toBe("result");
  expect(context.pages()).toContain(next);
});

test("a result outlives its worker and a restart of the browser, and is submitted later", async ({
  stage,
  visit,
}) => {
  const { buyer } = stage.world.accounts;
  const first = await visit();
  first.pay();
  const session = await first.runToResult();
  await killWorker(session);
  await expect(session.getByTestId("result")).toBeVisible();
  await first.context.close();

  const later = await visit({ profile: first.profile });
  const before = await later.tokensOf(buyer);
  await later.person.page.goto(stage.world.dapp.url);
  await submitFromPopup(later);
  expect((await later.tokensOf(buyer)) - before).toBe(first.offer.tokens);
});

test("a result outlives a reload of the extension, and is submitted later", async ({ stage, visit }) => {
  const { buyer } = stage.world.accounts;
  const visitor = await visit();
  visitor.pay();
  const session = await visitor.runToResult();
  await reloadExtension(session);

  const before = await visitor.tokensOf(buyer);
  await visitor.person.page.goto(stage.world.dapp.url);
  await submitFromPopup(visitor);
  expect((await visitor.tokensOf(buyer)) - before).toBe(visitor.offer.tokens);
});

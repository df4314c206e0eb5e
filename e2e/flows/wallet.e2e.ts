import type { Page } from "playwright";
import { codes } from "#protocol/codes/index.ts";
import { expect, test } from "../world/flow.ts";
import { readyToSubmit } from "../world/submission.ts";
import { setWallet } from "../world/workers.ts";

type WalletCode = "WALLET_REJECTED" | "WALLET_LOCKED" | "WALLET_WRONG_CHAIN";

/** One sentence, and one button that leads on. */
async function expectOneWayOn(session: Page, code: WalletCode, button: string): Promise<void> {
  await expect(session.getByTestId("error-code")).toHaveText(code);
  await expect(session.getByTestId("error-sentence")).toHaveText(codes[code].sentence);
  await expect(session.locator("button.primary")).toHaveCount(1);
  await expect(session.getByTestId(button)).toBeEnabled();
}

test("a wallet that is locked, on another chain or says no costs one sentence and one button each", async ({
  stage,
  visit,
}) => {
  const { buyer } = stage.world.accounts;
  const visitor = await visit();
  const { person, offer, pay, runToResult, tokensOf } = visitor;
  pay();
  const before = await tokensOf(buyer);
  const session = await runToResult();
  await readyToSubmit(session);

  await setWallet(visitor, { locked: true });
  await session.getByTestId("submit").click();
  await expectOneWayOn(session, "WALLET_LOCKED", "mend-connect-wallet");

  await setWallet(visitor, { chainId: "0x1" });
  await session.getByTestId("mend-connect-wallet").click();
  await expectOneWayOn(session, "WALLET_WRONG_CHAIN", "mend-switch-chain");
  await session.getByTestId("mend-switch-chain").click();
  await readyToSubmit(session);

  await setWallet(visitor, { sends: "reject" });
  await session.getByTestId("submit").click();
  await expectOneWayOn(session, "WALLET_REJECTED", "submit");

  await setWallet(visitor, {});
  await person.submit(session);
  expect((await tokensOf(buyer)) - before).toBe(offer.tokens);
});

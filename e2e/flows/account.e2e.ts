import { getAddress } from "viem";
import { expect, test } from "../world/flow.ts";
import { disguiseWallet } from "../world/hostilePage.ts";
import { killWorker } from "../world/workers.ts";

test("an account that the page made up is marked as new, and without the person's word there is no session", async ({
  stage,
  visit,
}) => {
  const { buyer, stranger } = stage.world.accounts;
  const { person, ask } = await visit();
  // The person's own account is known from an earlier request.
  const earlier = await ask();
  await expect(earlier.getByTestId("consent-account")).toHaveText(getAddress(buyer));
  await earlier.getByTestId("deny").click();
  await earlier.getByTestId("ended").waitFor();

  await disguiseWallet(person.page, { accounts: [stranger, buyer] });
  await person.open(stage.world.dapp.url);
  const session = await person.prove();
  const [foreign, own] = [session.getByTestId("account").first(), session.getByTestId("account").last()];
  await expect(foreign.getByTestId("account-address")).toHaveText(getAddress(stranger));
  await expect(foreign).toContainText("New here.");
  await expect(foreign.getByTestId("choose-account")).toBeDisabled();
  await expect(own.getByTestId("account-is-mine")).toHaveCount(0);
  await expect(own.getByTestId("choose-account")).toBeEnabled();
  await expect(session.getByTestId("approve")).toBeDisabled();
  await expect(session.getByTestId("consent-deadline")).toContainText("Confirm an account first.");
  expect(stage.relay.seen()).toEqual({ connections: 0, bytes: 0 });
});

test("a result for a foreign account buys nothing for it with the person's wallet", async ({
  stage,
  visit,
}) => {
  const { buyer, stranger } = stage.world.accounts;
  const { person, pay, runToResult, tokensOf } = await visit();
  pay();
  const before = [await tokensOf(buyer), await tokensOf(stranger)];
  await disguiseWallet(person.page, { accounts: [stranger] });
  const session = await runToResult();
  await expect(session.getByTestId("result-account")).toHaveText(getAddress(stranger));

  await expect(session.getByTestId("submission")).toHaveAttribute("data-status", /ready|blocked/);

  // An honest page later: the wallet does not hold that account, and the extension says so.
  await person.page.close();
  const honest = await person.page.context().newPage();
  await honest.goto(stage.world.dapp.url);
  await killWorker(session);
  await expect(session.getByTestId("submission").getByTestId("error-code")).toHaveText(
    "WALLET_OTHER_ACCOUNT",
  );
  expect([await tokensOf(buyer), await tokensOf(stranger)]).toEqual(before);
});

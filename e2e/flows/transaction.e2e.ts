import { encodeFunctionData } from "viem";
import { hubAbi } from "#protocol/abi/hub.ts";
import { codes } from "#protocol/codes/index.ts";
import { expect, test } from "../world/flow.ts";
import { disguiseWallet, type Disguise } from "../world/hostilePage.ts";
import { readyToSubmit } from "../world/submission.ts";
import type { World } from "../../demo/world/world.ts";

type Change = NonNullable<Disguise["transactions"]>["change"];

const alterations: readonly {
  readonly what: string;
  readonly code:
    "CHAIN_TRANSACTION_OTHER_TARGET" | "CHAIN_TRANSACTION_OTHER_INPUT" | "CHAIN_TRANSACTION_OTHER_VALUE";
  readonly change: (world: World) => Change;
}[] = [
  {
    what: "the recipient",
    code: "CHAIN_TRANSACTION_OTHER_TARGET",
    change: ({ accounts }) => ({ to: accounts.stranger }),
  },
  {
    what: "the call",
    code: "CHAIN_TRANSACTION_OTHER_INPUT",
    change: ({ registry }) => ({
      data: encodeFunctionData({ abi: hubAbi, functionName: "settle", args: [registry.signer, []] }),
    }),
  },
  {
    // The Hub refuses it, so it only burns gas. Without a limit of its own the wallet would not even send it.
    what: "the value",
    code: "CHAIN_TRANSACTION_OTHER_VALUE",
    change: () => ({ value: "0x1", gas: "0x100000" }),
  },
];

for (const { what, code, change } of alterations) {
  test(`a page that alters ${what} of the transaction is found out, and the result is kept`, async ({
    stage,
    visit,
  }) => {
    const { world } = stage;
    const { context, person, offer, pay, runToResult, tokensOf } = await visit();
    pay();
    const before = await tokensOf(world.accounts.buyer);
    await disguiseWallet(person.page, {
      transactions: { to: world.trust.chains[0]?.hub ?? world.system.hub, change: change(world) },
    });
    const session = await runToResult();
    await readyToSubmit(session);
    await session.getByTestId("submit").click();
    await expect(session.getByTestId("error-code")).toHaveText(code);
    await expect(session.getByTestId("error-sentence")).toHaveText(codes[code].sentence);
    await expect(session.getByTestId("submission")).not.toHaveAttribute("data-status", "confirmed");
    expect(await tokensOf(world.accounts.buyer)).toBe(before);

    // The same result goes through from a page that leaves the wallet alone.
    await person.page.close();
    const honest = await context.newPage();
    await honest.goto(world.dapp.url);
    await person.submit(session);
    expect((await tokensOf(world.accounts.buyer)) - before).toBe(offer.tokens);
  });
}

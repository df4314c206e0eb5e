import { createPublicClient, http, parseEventLogs, type Hex } from "viem";
import { hubAbi } from "#protocol/abi/hub.ts";
import { expect, test } from "../world/flow.ts";
import { countBytes, exampleFolder } from "../world/stage.ts";

test("a proven payment releases the tokens, and the Hub says so", async ({ stage, visit }) => {
  const { world, relay } = stage;
  const { buyer } = world.accounts;
  const { person, offer, pay, runToResult, tokensOf } = await visit();
  pay();
  const before = await tokensOf(buyer);
  const session = await runToResult();
  const digest = (await session.getByTestId("result-digest").innerText()).replace(/\s/g, "");
  const hash = (await person.submit(session)) as Hex;

  expect((await tokensOf(buyer)) - before).toBe(offer.tokens);
  const client = createPublicClient({ transport: http(world.chain.url) });
  const receipt = await client.getTransactionReceipt({ hash });
  const [submitted] = parseEventLogs({ abi: hubAbi, eventName: "Submitted", logs: receipt.logs });
  expect(submitted?.args.digest).toBe(`0x${digest}`);
  await expect(person.page.getByTestId("phases")).toContainText("confirmed");
  expect(relay.seen().connections).toBe(1);
  expect(relay.seen().bytes).toBeGreaterThan(await countBytes(exampleFolder));
});

test("a payment of the wrong amount ends in the script's own words", async ({ stage, visit }) => {
  const { buyer } = stage.world.accounts;
  const { person, offer, answers, pay, start, tokensOf } = await visit();
  pay(offer.cents - 1);
  const before = await tokensOf(buyer);
  const session = await start();

  expect(await person.answer(session, answers)).toBe("ended");
  await expect(session.getByTestId("ended")).toContainText("but the offer asks for 25.00");
  await expect(person.page.getByTestId("problem")).toContainText("ENCLAVE_SCRIPT_EXCEPTION");
  expect(await tokensOf(buyer)).toBe(before);
});

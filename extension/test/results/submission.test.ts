import { beforeEach, describe, expect, it } from "vitest";
import { sentTransaction } from "../platform/fakeBrowser.ts";
import { target, user } from "../session/world.ts";
import { openJourney, waits, type Journey } from "./journey.ts";

describe("a signed result", () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await openJourney();
  });

  it("says so where the disk is full, and does not pass it off as stored", async () => {
    const sessionId = await journey.run();
    await journey.settled(sessionId);
    await journey.browser.ui("chooseAccount", { sessionId, account: user, confirmedNew: true });
    const approvalId = (await journey.view(sessionId)).consent?.approvalId ?? "";
    await journey.browser.ui("approve", { sessionId, approvalId });
    journey.browser.local.isFull = true;
    await expect.poll(async () => (await journey.view(sessionId)).error?.code, waits).toBe("STORAGE_FAILED");
  });

  it("is thrown away when the person says so", async () => {
    const sessionId = await journey.toResult();
    await journey.browser.ui("discard", { sessionId });
    expect((await journey.browser.ui("getHome", {})).unsent).toEqual([]);
    expect((await journey.view(sessionId)).phase).toBe("cancelled");
  });

  const blocked = async (sessionId: string): Promise<unknown> => {
    await journey.browser.ui("checkSubmission", { sessionId });
    const submission = (await journey.view(sessionId)).result?.submission;
    return submission?.status === "blocked"
      ? [submission.issue.error.code, submission.issue.button]
      : submission?.status;
  };
  it.each([
    ["nothing", () => undefined, "ready"],
    [
      "a locked wallet",
      () => (journey.browser.wallet.answers.eth_accounts = []),
      ["WALLET_LOCKED", "connect-wallet"],
    ],
    [
      "another account",
      () => (journey.browser.wallet.answers.eth_accounts = [`0x${"77".repeat(20)}`]),
      ["WALLET_OTHER_ACCOUNT", "connect-wallet"],
    ],
    [
      "another chain",
      () => (journey.browser.wallet.answers.eth_chainId = "0x1"),
      ["WALLET_WRONG_CHAIN", "switch-chain"],
    ],
    ["a closed page", () => journey.browser.openDocuments.clear(), ["WALLET_PAGE_GONE", "open-page"]],
    [
      "no wallet",
      () => (journey.browser.wallet.override = { status: "missing" }),
      ["WALLET_MISSING", "check-again"],
    ],
    ["no OPN", () => journey.funds({ opnWei: 1n }), ["OPN_MISSING", "get-opn"]],
    ["no allowance", () => journey.funds({ allowanceWei: 0n }), ["OPN_NOT_ALLOWED", "allow-opn"]],
    [
      "credit instead of an allowance",
      () => journey.funds({ allowanceWei: 0n, opnWei: 0n, creditWei: 72n }),
      "ready",
    ],
    ["no gas", () => journey.funds({ ethWei: 5n }), ["GAS_MISSING", "check-again"]],
  ])("names one thing and one button for %s", async (_name, change, expected) => {
    const sessionId = await journey.toResult();
    change();
    expect(await blocked(sessionId)).toEqual(expected);
  });

  it("allows the Hub exactly what is needed", async () => {
    const sessionId = await journey.toResult();
    let allowanceWei = 0n;
    const before = journey.world.chain.funds;
    journey.world.chain.funds = async (account) => ({ ...(await before(account)), allowanceWei });
    await journey.browser.ui("checkSubmission", { sessionId });
    journey.world.chain.findTransaction = async () => sentTransaction(journey.browser.wallet);
    journey.world.chain.findReceipt = async () => {
      allowanceWei = 72n;
      return { status: "success", blockNumber: 1n, gasUsed: 1n, logs: [] };
    };
    await journey.browser.ui("mendSubmission", { sessionId });
    expect(sentTransaction(journey.browser.wallet)?.input).toMatch(/^0x095ea7b3.*0{62}48$/);
    expect((await journey.view(sessionId)).result?.submission.status).toBe("ready");
  });

  it("is kept when the person rejects it in the wallet", async () => {
    const sessionId = await journey.toResult();
    journey.browser.wallet.answers.eth_sendTransaction = 4001;
    await journey.browser.ui("submit", { sessionId });
    expect(await journey.view(sessionId)).toMatchObject({
      phase: "result",
      result: { error: { code: "WALLET_REJECTED" } },
    });
  });

  it("is kept when the wallet names no transaction", async () => {
    const sessionId = await journey.toResult();
    journey.browser.wallet.answers.eth_sendTransaction = "sent!";
    await journey.browser.ui("submit", { sessionId });
    expect(await journey.view(sessionId)).toMatchObject({
      phase: "result",
      result: { error: { code: "WALLET_FAILED" } },
    });
  });

  it("is kept when the chain never hears of the transaction", async () => {
    const sessionId = await journey.toResult();
    journey.world.chain.findTransaction = async () => undefined;
    await journey.browser.ui("submit", { sessionId });
    await expect
      .poll(async () => (await journey.view(sessionId)).result?.error?.code, waits)
      .toBe("WALLET_TRANSACTION_UNKNOWN");
  });

  it.each([
    ["recipient", { to: target }, "CHAIN_TRANSACTION_OTHER_TARGET"],
    ["call", { input: "0x1234" }, "CHAIN_TRANSACTION_OTHER_INPUT"],
    ["value", { valueWei: 6n }, "CHAIN_TRANSACTION_OTHER_VALUE"],
    ["chain", { chainId: 1 }, "CHAIN_TRANSACTION_OTHER_CHAIN"],
  ])("does not count as sent where the page altered the %s", async (_name, change, expected) => {
    const sessionId = await journey.toResult();
    await journey.submit(sessionId, change);
    await expect.poll(async () => (await journey.view(sessionId)).result?.error?.code, waits).toBe(expected);
    expect((await journey.view(sessionId)).phase).toBe("result");
  });

  it("says so once its deadline has passed", async () => {
    const sessionId = await journey.toResult();
    journey.world.nowMs += 2 * 60 * 60_000;
    expect((await journey.view(sessionId)).result?.submission.status).toBe("expired");
    await journey.browser.ui("submit", { sessionId });
    expect((await journey.view(sessionId)).result?.error?.code).toBe("RESULT_EXPIRED");
  });
});

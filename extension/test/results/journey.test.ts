import { beforeEach, describe, expect, it } from "vitest";
import { createSessionRequest } from "../../background/session/request.ts";
import { origin, sentTransaction } from "../platform/fakeBrowser.ts";
import { chainId, hub, sendResult, target, user } from "../session/world.ts";
import { code, openJourney, waits, type Journey } from "./journey.ts";

describe("a session in the worker", () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await openJourney();
  });

  it("goes from the page's request to the Hub's own word", async () => {
    const sessionId = await journey.toResult();
    expect(journey.browser.badge).toBe(1);
    await journey.submit(sessionId);
    await journey.untilPhase(sessionId, "confirmed");
    expect(sentTransaction(journey.browser.wallet)).toMatchObject({
      chainId,
      from: user,
      to: hub,
      valueWei: 5n,
    });
    const receipt = await journey.page.call("oc_getReceipt", { sessionId });
    expect(receipt).toMatchObject({ blockNumber: "9", result: { user, target } });
    expect(journey.browser.badge).toBe(0);
  });

  it("tells the page phases, and nothing that the person saw or typed", async () => {
    journey.world.dialog = async (talk) => {
      await talk.write({ type: "print", text: "PRINTED" });
      await talk.write({ type: "prompt", id: 1, text: "QUESTION", secret: true });
      await talk.read();
      await sendResult(journey.world, talk);
    };
    const sessionId = await journey.run();
    await journey.approve(sessionId);
    await expect.poll(async () => (await journey.view(sessionId)).prompt?.text, waits).toBe("QUESTION");
    expect(await journey.page.call("oc_getSession", { sessionId })).toMatchObject({
      phase: "running",
      needsInput: true,
    });
    await journey.browser.ui("answer", { sessionId, promptId: 1, text: "ANSWER" });
    await journey.untilPhase(sessionId, "result");
    const heard = JSON.stringify(journey.page.heard);
    for (const hidden of ["PRINTED", "QUESTION", "ANSWER", "0x"]) expect(heard).not.toContain(hidden);
    const stored = [...journey.browser.local.entries, ...journey.browser.session.entries].join();
    for (const hidden of ["PRINTED", "QUESTION", "ANSWER"]) expect(stored).not.toContain(hidden);
    expect(JSON.stringify(await journey.view(sessionId))).not.toContain("ANSWER");
  });

  it("keeps a wallet's key from the script, and its question open", async () => {
    journey.world.dialog = async (talk) => {
      await talk.write({ type: "prompt", id: 1, text: "Password:", secret: true });
      await talk.read();
    };
    const sessionId = await journey.run();
    await journey.approve(sessionId);
    await expect.poll(async () => (await journey.view(sessionId)).prompt !== null, waits).toBe(true);
    const key = "4c".repeat(32);
    expect(await code(journey.browser.ui("answer", { sessionId, promptId: 1, text: key }))).toBe(
      "ANSWER_LOOKS_LIKE_KEY",
    );
    expect(await code(journey.browser.ui("answer", { sessionId, promptId: 2, text: "x" }))).toBe(
      "ANSWER_NOT_ASKED",
    );
    expect((await journey.view(sessionId)).prompt?.promptId).toBe(1);
    await journey.browser.ui("cancel", { sessionId });
    await journey.untilPhase(sessionId, "cancelled");
  });

  it("ends a script that may open any site and asks for a secret", async () => {
    journey.world.dialog = async (talk) => {
      await talk.write({ type: "prompt", id: 1, text: "Password:", secret: true });
      await talk.read();
    };
    const domains = { path: "domains.txt", bytes: Buffer.from("*\n") };
    const files = [...journey.world.request.files, domains];
    const { user: owner, ...parts } = journey.world.request;
    Object.assign(journey.world, {
      request: await createSessionRequest({ ...parts, files, user: owner }, journey.world.trust),
    });
    const sessionId = await journey.run();
    await journey.approve(sessionId);
    await journey.untilPhase(sessionId, "failed");
    expect((await journey.view(sessionId)).error?.code).toBe("SECRET_PROMPT_REFUSED");
  });

  it("refuses before anything is typed where the chain does not allow the script", async () => {
    journey.world.chain.isAllowed = async () => false;
    const sessionId = await journey.run();
    await journey.untilPhase(sessionId, "failed");
    expect((await journey.view(sessionId)).error?.code).toBe("SESSION_SCRIPT_NOT_ALLOWED");
    expect(journey.world.atOracle.bytes).toHaveLength(0);
  });

  describe("before the person's yes", () => {
    it("marks an account that a page reports for the first time, and wants it confirmed by itself", async () => {
      const sessionId = await journey.run();
      await journey.settled(sessionId);
      const choose = (account: string, confirmedNew: boolean): Promise<string> =>
        code(journey.browser.ui("chooseAccount", { sessionId, account, confirmedNew }));
      expect(await choose(user, false)).toBe("ACCOUNT_UNCONFIRMED");
      expect(await choose(`0x${"66".repeat(20)}`, true)).toBe("ACCOUNT_NOT_REPORTED");
      expect(await choose(user, true)).toBe("done");
      const second = await journey.run();
      await journey.settled(second);
      expect((await journey.view(second)).consent?.accounts).toMatchObject({
        accounts: [{ address: user, isNew: false }],
      });
    });

    it("does not run without an account", async () => {
      const sessionId = await journey.run();
      await journey.settled(sessionId);
      const approvalId = (await journey.view(sessionId)).consent?.approvalId ?? "";
      expect(await code(journey.browser.ui("approve", { sessionId, approvalId }))).toBe(
        "ACCOUNT_UNCONFIRMED",
      );
    });

    it("does not run for another approval, nor twice for one", async () => {
      const sessionId = await journey.run();
      await journey.settled(sessionId);
      await journey.browser.ui("chooseAccount", { sessionId, account: user, confirmedNew: true });
      const wrong = crypto.randomUUID();
      expect(await code(journey.browser.ui("approve", { sessionId, approvalId: wrong }))).toBe(
        "APPROVAL_UNKNOWN",
      );
    });

    it("does not run for a page that has navigated away", async () => {
      const sessionId = await journey.run();
      await journey.settled(sessionId);
      journey.browser.openDocuments.clear();
      await journey.approve(sessionId);
      await journey.untilPhase(sessionId, "failed");
      expect((await journey.view(sessionId)).error?.code).toBe("WALLET_PAGE_GONE");
    });

    it.each([
      [
        "a no",
        (id: string) => journey.browser.ui("deny", { sessionId: id, approvalId: id }),
        "failed",
        "SESSION_DENIED",
      ],
      ["a closed window", async (id: string) => journey.browser.closeWindow(id), "failed", "SESSION_DENIED"],
      [
        "the page's cancel",
        (id: string) => journey.page.call("oc_cancel", { sessionId: id }),
        "cancelled",
        undefined,
      ],
    ])("ends by %s, with nothing sent", async (_name, end, phase, reason) => {
      const sessionId = await journey.run();
      await journey.settled(sessionId);
      await end(sessionId);
      await journey.untilPhase(sessionId, phase);
      expect((await journey.view(sessionId)).error?.code).toBe(reason);
      expect(journey.world.atRegistry.bytes).toHaveLength(0);
    });

    it.each([
      ["no wallet", { status: "missing" }, "WALLET_MISSING"],
      ["a wallet without accounts", { status: "answered", wallet: "x", result: [] }, "WALLET_LOCKED"],
      ["a person who says no", { status: "failed", code: 4001 }, "WALLET_REJECTED"],
      ["a page that answers with nonsense", "nonsense", "WALLET_FAILED"],
    ])("says what is wrong with %s", async (_name, answer, expected) => {
      journey.browser.wallet.override = answer;
      const sessionId = await journey.run();
      await journey.settled(sessionId);
      expect((await journey.view(sessionId)).consent?.accounts).toMatchObject({
        status: "missing",
        error: { code: expected },
      });
    });
  });

  describe("to its page", () => {
    it("is one and the same for the same request id", async () => {
      const [first, second] = await Promise.all([
        journey.run({ clientRequestId: "a" }),
        journey.run({ clientRequestId: "a" }),
      ]);
      expect(second).toBe(first);
      expect(await journey.run({ clientRequestId: "b" })).not.toBe(first);
    });

    it("is unknown to another origin", async () => {
      const sessionId = await journey.run();
      const other = journey.browser.page({ origin: "https://other.example" });
      for (const method of ["oc_getSession", "oc_cancel", "oc_submit", "oc_getReceipt"]) {
        expect(await other.call(method, { sessionId })).toMatchObject({ reason: "SESSION_UNKNOWN" });
      }
      expect(other.heard.some(({ type }) => type === "session")).toBe(false);
    });

    it("is one of three at most", async () => {
      for (let count = 0; count < 3; count++) await journey.run();
      expect(await journey.page.call("oc_run", journey.params(), journey.contents())).toMatchObject({
        reason: "REQUEST_TOO_MANY",
      });
    });

    it("has no receipt before its end", async () => {
      const sessionId = await journey.toResult();
      expect(await journey.page.call("oc_getReceipt", { sessionId })).toMatchObject({
        reason: "RECEIPT_NOT_READY",
      });
    });

    it.each(["buy", "f(bytes32) x", "buy(bytes32 a) returns (uint256)", "buy(<b>)"])(
      "is refused for a function like %s",
      async (signature) => {
        const refused = await journey.page.call(
          "oc_run",
          { ...journey.params(), function: signature },
          journey.contents(),
        );
        expect(refused).toMatchObject({ code: -32602, reason: "REQUEST_FUNCTION_INVALID" });
      },
    );
  });

  describe("whose worker was stopped", () => {
    it("fails with a code of its own where it ran", async () => {
      journey.world.dialog = async (talk) => {
        await talk.read();
      };
      const sessionId = await journey.run();
      await journey.approve(sessionId);
      await journey.untilPhase(sessionId, "running");
      await journey.browser.restart();
      expect(await journey.browser.page().call("oc_getSession", { sessionId })).toMatchObject({
        phase: "failed",
        error: { reason: "SESSION_WORKER_RESTARTED" },
      });
    });

    it("keeps its result, and submits it from another page of the same origin", async () => {
      const sessionId = await journey.toResult();
      journey.browser.session.entries.clear();
      journey.browser.openDocuments.clear();
      journey.browser.openDocuments.add("D2");
      await journey.browser.restart();
      expect((await journey.browser.ui("getHome", {})).unsent).toMatchObject([{ sessionId, origin }]);
      await journey.submit(sessionId);
      await journey.untilPhase(sessionId, "confirmed");
    });

    it("follows on what was sent", async () => {
      const sessionId = await journey.toResult();
      journey.world.chain.findTransaction = () => new Promise(() => undefined);
      await journey.browser.ui("submit", { sessionId });
      await journey.untilPhase(sessionId, "broadcast");
      journey.mine((await journey.view(sessionId)).result?.walletShows.digest ?? "");
      await journey.browser.restart();
      await journey.untilPhase(sessionId, "confirmed");
    });
  });
});

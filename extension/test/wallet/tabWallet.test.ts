import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { OpenContractsError } from "#protocol/errors.ts";
import type { Pages } from "../../background/platform/pages.ts";
import { askWallet, type WalletAnswer } from "../../background/wallet/inTab.ts";
import { createTabWallet, type TabWallet } from "../../background/wallet/tabWallet.ts";
import { expectRefusal } from "../session/refusal.ts";

const document = { tabId: 1, documentId: "D" };

function walletOf(answer: () => Promise<unknown>, isOpen = true): TabWallet {
  const pages: Pages = {
    askWallet: answer,
    isOpen: async () => isOpen,
    find: async () => undefined,
    open: async () => undefined,
  };
  return createTabWallet(pages);
}

describe("the wallet of a tab", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("hands on what the wallet answers, and its name cut short", async () => {
    const wallet = walletOf(async () => ({ status: "answered", wallet: "W".repeat(500), result: ["0x1"] }));
    expect(await wallet.ask(document, { method: "eth_accounts" })).toEqual({
      wallet: "W".repeat(64),
      result: ["0x1"],
    });
  });

  it.each([
    ["a rejection", { status: "failed", code: 4001 }, "WALLET_REJECTED"],
    ["another error", { status: "failed", code: -32000 }, "WALLET_FAILED"],
    ["no wallet", { status: "missing" }, "WALLET_MISSING"],
    ["nonsense", { status: "fine" }, "WALLET_FAILED"],
    ["nothing", undefined, "WALLET_FAILED"],
  ] as const)("names %s", async (_name, answer, code) => {
    await expectRefusal(walletOf(async () => answer).ask(document, { method: "eth_accounts" }), code);
  });

  it("says that the page is gone, before and while it is asked", async () => {
    const asked = { method: "eth_accounts" };
    await expectRefusal(walletOf(async () => undefined, false).ask(document, asked), "WALLET_PAGE_GONE");
    const gone = walletOf(() => Promise.reject(new Error("No document with id D")));
    await expectRefusal(gone.ask(document, asked), "WALLET_PAGE_GONE");
  });

  it("does not wait for ever", async () => {
    vi.useFakeTimers();
    const asked = walletOf(() => new Promise(() => undefined)).ask(document, { method: "eth_accounts" });
    const refused = expectRefusal(asked, "WALLET_NO_ANSWER");
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
  });

  it("survives whatever a page answers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (answer) => {
        const error: unknown = await walletOf(async () => answer)
          .ask(document, { method: "eth_accounts" })
          .catch((thrown: unknown) => thrown);
        return !(error instanceof Error) || error instanceof OpenContractsError;
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe("the question put inside the tab", () => {
  const call = { method: "eth_accounts", params: [], discoverMs: 5 };
  /** A page's world: the function may use nothing else, so it runs from its own source. */
  async function runIn(page: EventTarget): Promise<WalletAnswer> {
    const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
    const world = {
      Event,
      setTimeout,
      addEventListener: addEventListener.bind(page),
      removeEventListener: removeEventListener.bind(page),
      dispatchEvent: dispatchEvent.bind(page),
    };
    const isolated = runInNewContext(`(${askWallet.toString()})`, world) as typeof askWallet;
    return structuredClone(await isolated(call));
  }
  function withWallet(request: () => Promise<unknown>): EventTarget {
    const page = new EventTarget();
    page.addEventListener("eip6963:requestProvider", () => {
      const detail = { info: { name: "Test" }, provider: { request } };
      page.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    });
    return page;
  }

  it("finds a wallet that announces itself", async () => {
    const page = withWallet(async () => ["0xabc"]);
    expect(await runIn(page)).toEqual({ status: "answered", wallet: "Test", result: ["0xabc"] });
  });

  it("says that there is none", async () => {
    expect(await runIn(new EventTarget())).toEqual({ status: "missing" });
  });

  it("passes on the number of an error, never its text", async () => {
    const page = withWallet(() => Promise.reject(Object.assign(new Error("secret text"), { code: 4001 })));
    expect(await runIn(page)).toEqual({ status: "failed", wallet: "Test", code: 4001 });
  });
});

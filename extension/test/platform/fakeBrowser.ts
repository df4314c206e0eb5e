import type { Hex } from "#protocol/bytes.ts";
import type { PageReply } from "#messages/page.ts";
import type { UiName, UiParams, UiPush, UiReply } from "#messages/ui.ts";
import type { ErrorView } from "#messages/view.ts";
import { cutFolder } from "../../content/folderUpload.ts";
import type { ApprovedTransaction } from "../../background/chain/transaction.ts";
import type { PageDocument, Pages } from "../../background/platform/pages.ts";
import type { RawPort } from "../../background/ports.ts";
import type { PortSender } from "../../background/sender.ts";
import type { WalletCall } from "../../background/wallet/inTab.ts";
import { createWorker, type Worker } from "../../background/worker.ts";
import type { World } from "../session/world.ts";
import { createFakeStore, type FakeStore } from "./fakeStore.ts";

export const origin = "https://shop.example";

/** A wallet in a tab, and what it was asked. */
export interface FakeWallet {
  readonly asked: WalletCall[];
  /** Answers by method: a value, or a number in `rejectWith`. */
  answers: Record<string, unknown>;
  /** What the page reports instead of asking anyone. */
  override: unknown;
}

/** The browser around a worker: stores, windows, tabs, Ports. */
export interface FakeBrowser {
  worker: Worker;
  readonly local: FakeStore;
  readonly session: FakeStore;
  readonly wallet: FakeWallet;
  readonly openDocuments: Set<string>;
  readonly shown: string[];
  badge: number;
  closeWindow(sessionId: string): void;
  /** A new worker over the same stores, as after the browser stopped the first. */
  restart(): Promise<void>;
  page(sender?: Partial<Extract<PortSender, { from: "page" }>>): FakePage;
  ui<Name extends UiName>(name: Name, params: UiParams<Name>): Promise<UiReply<Name>>;
}

/** A page's side of its Port. */
export interface FakePage {
  readonly heard: PageReply[];
  call(method: string, params?: unknown, contents?: readonly Uint8Array[]): Promise<Record<string, unknown>>;
}

/** The refusal of a request of our own pages. */
export class UiRefusal extends Error {
  readonly view: ErrorView;
  constructor(view: ErrorView) {
    super(view.code);
    this.view = view;
  }
}

const hash: Hex = `0x${"5e".repeat(32)}`;

/** What the wallet sent last, as the chain would see it. */
export function sentTransaction({ asked }: FakeWallet): ApprovedTransaction | undefined {
  const request = asked.findLast(({ method }) => method === "eth_sendTransaction")?.params[0];
  if (request === undefined) return undefined;
  const { from, to, data, value, chainId } = request as Record<
    "from" | "to" | "data" | "value" | "chainId",
    Hex
  >;
  return { chainId: Number(chainId), from, to, input: data, valueWei: BigInt(value) };
}

function createPages(browser: () => FakeBrowser): Pages {
  const isOpen = async ({ documentId }: PageDocument): Promise<boolean> =>
    browser().openDocuments.has(documentId);
  return {
    isOpen,
    async askWallet(_document, call) {
      const { wallet } = browser();
      wallet.asked.push(call);
      if (wallet.override !== undefined) return wallet.override;
      const answer = wallet.answers[call.method];
      if (typeof answer === "number") return { status: "failed", wallet: "Fake", code: answer };
      return { status: "answered", wallet: "Fake", result: answer };
    },
    find: async () => {
      const [documentId] = browser().openDocuments;
      return documentId === undefined ? undefined : { tabId: 1, documentId };
    },
    open: async () => void browser().openDocuments.add("reopened"),
  };
}

interface Wire {
  readonly port: RawPort;
  receive(message: unknown): void;
}

function createWire(take: (message: never) => void): Wire {
  let listener: (message: unknown) => void = () => undefined;
  const port: RawPort = {
    sender: undefined,
    post: (message) => {
      take(JSON.parse(JSON.stringify(message)) as never);
    },
    onMessage: (given) => {
      listener = given;
    },
    onDisconnect: () => undefined,
    close: () => undefined,
  };
  return { port, receive: (message) => listener(JSON.parse(JSON.stringify(message))) };
}

/** Starts a worker in a browser whose network is `world`. */
export function createFakeBrowser(world: World, account: string): FakeBrowser {
  const local = createFakeStore();
  const session = createFakeStore();
  let closed: (sessionId: string) => void = () => undefined;
  let lastId = 0;
  const start = (): Worker =>
    createWorker({
      trust: world.trust,
      version: "1.0.0",
      local,
      session,
      windows: {
        show: async (sessionId) => void browser.shown.push(sessionId),
        onClosed: (take) => {
          closed = take;
        },
      },
      pages: createPages(() => browser),
      nowMs: () => world.nowMs,
      newId: () => crypto.randomUUID(),
      random: world.ports.random,
      // A wait makes the clock run, so that nothing waits for long.
      sleep: async (ms) => {
        world.nowMs += ms;
      },
      chain: () => world.chain,
      connect: world.ports.connect,
      setBadge: async (count) => {
        browser.badge = count;
      },
    });
  const answers = {
    eth_accounts: [account],
    eth_requestAccounts: [account],
    eth_chainId: "0x7a69",
    eth_sendTransaction: hash,
    wallet_switchEthereumChain: null,
  };
  const browser: FakeBrowser = {
    worker: undefined as never,
    local,
    session,
    wallet: { asked: [], answers, override: undefined },
    openDocuments: new Set(["D1"]),
    shown: [],
    badge: 0,
    closeWindow: (sessionId) => {
      closed(sessionId);
    },
    async restart() {
      browser.worker = start();
      await browser.worker.restore();
    },
    page: (sender = {}) =>
      createFakePage(browser, { from: "page", origin, tabId: 1, documentId: "D1", ...sender }),
    ui: (name, params) =>
      new Promise((resolve, reject) => {
        const wire = createWire((push: UiPush) => {
          if (push.type === "reply") resolve(push.reply as never);
          if (push.type === "refusal") reject(new UiRefusal(push.error));
        });
        browser.worker.ports.accept(wire.port, { from: "ui" }, Promise.resolve());
        wire.receive({ type: "request", id: ++lastId, name, params });
      }),
  };
  browser.worker = start();
  return browser;
}

function createFakePage(browser: FakeBrowser, sender: Extract<PortSender, { from: "page" }>): FakePage {
  const heard: PageReply[] = [];
  const wire = createWire((reply: PageReply) => void heard.push(reply));
  browser.worker.ports.accept(wire.port, sender, Promise.resolve());
  let lastId = 0;
  return {
    heard,
    async call(method, params, contents = []) {
      const id = ++lastId;
      wire.receive({ type: "request", id, method, params });
      for (const piece of cutFolder(id, contents)) wire.receive(piece);
      for (;;) {
        const reply = heard.find((one) => one.type !== "session" && one.id === id);
        if (reply?.type === "result") return reply.result as Record<string, unknown>;
        if (reply?.type === "error") return { code: reply.error.code, ...reply.error.data };
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  };
}

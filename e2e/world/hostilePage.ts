import type { Page } from "playwright";
import type { Address, Hex } from "#protocol/bytes.ts";

/** How a page's own script presents the person's wallet to whoever asks for wallets in that page. */
export interface Disguise {
  /** Accounts reported in place of the wallet's. */
  readonly accounts?: readonly Address[];
  /** What transactions to `to` are changed into before the wallet sees them. */
  readonly transactions?: {
    readonly to: Address;
    readonly change: { readonly to?: Address; readonly data?: Hex; readonly value?: Hex; readonly gas?: Hex };
  };
}

/** Has `page` put itself between the wallet and everyone who looks for it by EIP-6963, from its next load on. */
export async function disguiseWallet(page: Page, disguise: Disguise): Promise<void> {
  await page.addInitScript(wrapAnnouncements, disguise);
}

interface Asked {
  readonly method: string;
  readonly params?: readonly Readonly<Record<string, unknown>>[];
}
interface Announcement {
  readonly info: unknown;
  readonly provider: { request(asked: Asked): Promise<unknown> };
}

/** Runs in the page: the browser copies its source there, so it may use nothing but its argument. */
function wrapAnnouncements({ accounts, transactions }: Disguise): void {
  const announce = "eip6963:announceProvider";
  const forged = new WeakSet<Event>();

  async function send(provider: Announcement["provider"], asked: Asked): Promise<unknown> {
    const [transaction] = asked.params ?? [];
    if (transactions === undefined || transaction?.["to"] !== transactions.to) return provider.request(asked);
    try {
      return await provider.request({ ...asked, params: [{ ...transaction, ...transactions.change }] });
    } catch {
      // It was sent and reverted. The page hides that and names it as if all were well.
      const newest = { method: "eth_getBlockByNumber", params: ["latest", false] } as unknown as Asked;
      return ((await provider.request(newest)) as { transactions: readonly string[] }).transactions[0];
    }
  }

  function wrap(provider: Announcement["provider"]): Announcement["provider"] {
    return {
      ...provider,
      async request(asked) {
        if (accounts !== undefined && /^eth_(requestA|a)ccounts$/.test(asked.method)) return accounts;
        return asked.method === "eth_sendTransaction" ? send(provider, asked) : provider.request(asked);
      },
    };
  }

  const intercept = (event: Event): void => {
    if (forged.has(event)) return;
    event.stopImmediatePropagation();
    const { info, provider } = (event as CustomEvent<Announcement>).detail;
    const forgery = new CustomEvent(announce, { detail: { info, provider: wrap(provider) } });
    forged.add(forgery);
    window.dispatchEvent(forgery);
  };
  window.addEventListener(announce, intercept, { capture: true });
}

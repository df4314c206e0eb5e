import browser from "webextension-polyfill";
import type { WalletCall } from "../wallet/inTab.ts";
import { askWallet } from "../wallet/inTab.ts";

/** One document in a tab; after a navigation there is another. */
export interface PageDocument {
  readonly tabId: number;
  readonly documentId: string;
}

/** The web pages that wallets live in. */
export interface Pages {
  /** Runs the wallet question in that document; rejects where it is gone. The answer is the page's word. */
  askWallet(document: PageDocument, call: WalletCall): Promise<unknown>;
  /** True while the document is still there. */
  isOpen(document: PageDocument): Promise<boolean>;
  /** The top document of a tab that shows `origin`; undefined where there is none. */
  find(origin: string): Promise<PageDocument | undefined>;
  /** Opens `origin` in a new tab. */
  open(origin: string): Promise<void>;
}

async function run(
  target: { readonly tabId: number; readonly documentIds?: string[] },
  script: { readonly func: (...args: never[]) => unknown; readonly args: unknown[]; readonly world?: "MAIN" },
): Promise<{ documentId: string; result?: unknown } | undefined> {
  const [first] = await browser.scripting.executeScript({
    target,
    func: script.func,
    args: script.args,
    ...(script.world === undefined ? {} : { world: script.world }),
  });
  return first;
}

/** Makes the pages over the browser's tabs. */
export function createPages(): Pages {
  const isOpen = async ({ tabId, documentId }: PageDocument): Promise<boolean> => {
    try {
      return (await run({ tabId, documentIds: [documentId] }, { func: () => true, args: [] })) !== undefined;
    } catch {
      return false;
    }
  };
  return {
    isOpen,
    async askWallet({ tabId, documentId }, call) {
      const target = { tabId, documentIds: [documentId] };
      return (await run(target, { func: askWallet, args: [call], world: "MAIN" }))?.result;
    },
    async find(origin) {
      // Match patterns know no ports: the exact origin is compared in the document itself.
      const { protocol, hostname } = new URL(origin);
      const tabs = await browser.tabs.query({ url: `${protocol}//${hostname}/*` });
      for (const { id: tabId } of tabs.sort((a, b) => (b.lastAccessed ?? 0) - (a.lastAccessed ?? 0))) {
        if (tabId === undefined) continue;
        const shown = await run({ tabId }, { func: () => globalThis.origin, args: [] }).catch(
          () => undefined,
        );
        if (shown?.result === origin) return { tabId, documentId: shown.documentId };
      }
      return undefined;
    },
    async open(origin) {
      await browser.tabs.create({ url: `${origin}/`, active: false });
    },
  };
}

import type { Page } from "playwright";
import type { Visit } from "./visit.ts";

/** Has the browser end every worker of the extension that `ownPage` belongs to, as it does when it needs memory. */
export async function killWorker(ownPage: Page): Promise<void> {
  const session = await ownPage.context().newCDPSession(ownPage);
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await session.detach();
}

/** What the test wallet does next; see `demo/wallet/worker.ts`. */
export interface WalletBehaviour {
  readonly locked?: boolean;
  /** In hex. */
  readonly chainId?: string;
  readonly sends?: "approve" | "reject" | "never";
}

/** Sets how the test wallet behaves from now on. */
export async function setWallet({ context }: Visit, behaviour: WalletBehaviour): Promise<void> {
  const worker = context.serviceWorkers().find((running) => running.url().endsWith("/worker.js"));
  if (worker === undefined) throw new Error("the test wallet does not run");
  await worker.evaluate((next) => {
    const { chrome } = globalThis as unknown as {
      chrome: { storage: { local: { set(items: object): Promise<void> } } };
    };
    return chrome.storage.local.set({ behaviour: next });
  }, behaviour);
}

/** Reloads the extension that `ownPage` belongs to, as an update does, and waits for its new worker. */
export async function reloadExtension(ownPage: Page): Promise<void> {
  const origin = ownPage.url().split("/extension/")[0] ?? "";
  const started = ownPage
    .context()
    .waitForEvent("serviceworker", (worker) => worker.url().startsWith(origin));
  await ownPage.evaluate(() => {
    const { chrome } = globalThis as unknown as { chrome: { runtime: { reload(): void } } };
    // This call has to return before its page is gone.
    setTimeout(() => {
      chrome.runtime.reload();
    });
  });
  await started;
}

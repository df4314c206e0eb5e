import type { BridgeNews } from "./envelope.ts";
import { createProvider, type BridgeLink } from "./provider.ts";

// Runs in the page's own world, before the page's scripts. Kept small: every page of the web carries it.
const post = window.postMessage.bind(window);
const target = window.origin;

const link: BridgeLink = {
  isOpaque: target === "null",
  send(call) {
    post(call, target);
  },
  listen(take) {
    window.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (event.source !== window || event.origin !== target) return;
      const news = event.data as BridgeNews | null;
      if (news?.openContracts !== undefined && (news.openContracts as string) !== "call") take(news);
    });
  },
};

const provider = createProvider(link);
Object.defineProperty(window, "openContracts", { value: provider, writable: false, configurable: false });

// Discovery in the manner of EIP-6963, for pages that do not want to rely on a name in `window`.
const detail = Object.freeze({
  info: Object.freeze({ name: "Open Contracts", rdns: "io.opencontracts" }),
  provider,
});
function announce(): void {
  window.dispatchEvent(new CustomEvent("openContracts:announceProvider", { detail }));
}
window.addEventListener("openContracts:requestProvider", announce);
announce();

import type { PageMessage, PageReply } from "#messages/page.ts";
import { createBridge, type BridgePort } from "./bridge.ts";
import type { PageCall } from "./envelope.ts";

interface RuntimePort {
  postMessage(message: PageMessage): void;
  readonly onMessage: { addListener(take: (reply: PageReply) => void): void };
  readonly onDisconnect: { addListener(take: () => void): void };
}
// The browser's own name for its API: the polyfill alone would be larger than this whole script may be.
declare const chrome: { readonly runtime: { connect(options: { name: string }): RuntimePort } };

function connect(): BridgePort {
  const port = chrome.runtime.connect({ name: "open-contracts/page" });
  return {
    postMessage: (message) => {
      port.postMessage(message);
    },
    onMessage: (take) => {
      port.onMessage.addListener(take);
    },
    onDisconnect: (take) => {
      port.onDisconnect.addListener(take);
    },
  };
}

const forward = createBridge(connect, (news) => {
  window.postMessage(news, window.origin);
});
window.addEventListener("message", (event: MessageEvent<unknown>) => {
  if (event.source !== window || event.origin !== window.origin) return;
  const call = event.data as PageCall | null;
  if (call?.openContracts === "call") forward(call);
});

import type { PageMessage, PageReply } from "#messages/page.ts";
import { lostWorker, malformedCall, type BridgeNews, type PageCall } from "./envelope.ts";
import { cutFolder } from "./folderUpload.ts";

/** The part of a runtime Port that the bridge uses. */
export interface BridgePort {
  postMessage(message: PageMessage): void;
  onMessage(take: (reply: PageReply) => void): void;
  onDisconnect(take: () => void): void;
}

/** Makes the way from a page to the worker: forwards, cuts folders into messages, decides nothing. */
export function createBridge(
  connect: () => BridgePort,
  tell: (news: BridgeNews) => void,
): (call: PageCall) => void {
  let port: BridgePort | undefined;
  const open = (): BridgePort => {
    const opened = connect();
    opened.onMessage((reply) => {
      const { type, ...rest } = reply;
      tell({ openContracts: type, ...rest } as BridgeNews);
    });
    opened.onDisconnect(() => {
      port = undefined;
      tell({ openContracts: "disconnect" });
    });
    return opened;
  };
  return (call) => {
    if (!isCall(call)) return;
    try {
      port ??= open();
      const { id, method, params, contents } = call;
      port.postMessage({ type: "request", id, method, params });
      for (const chunk of cutFolder(id, contents)) port.postMessage(chunk);
    } catch {
      // The extension was updated or removed: this content script is an orphan and will stay one.
      tell({ openContracts: "error", id: call.id, error: lostWorker });
    }
  };

  function isCall({ id, contents }: PageCall): boolean {
    if (!Number.isSafeInteger(id)) return false;
    if (Array.isArray(contents) && contents.every((bytes) => bytes instanceof Uint8Array)) return true;
    tell({ openContracts: "error", id, error: malformedCall });
    return false;
  }
}

import browser from "webextension-polyfill";
import type { RawPort } from "../ports.ts";

/** Who we are, as the browser names us to ourselves. */
export function readOwnIdentity(): {
  readonly id: string;
  readonly origin: string;
  readonly version: string;
} {
  const { version } = browser.runtime.getManifest();
  return { id: browser.runtime.id, origin: new URL(browser.runtime.getURL("")).origin, version };
}

/** Hands on every Port that is opened to this worker. */
export function onConnect(take: (port: RawPort) => void): void {
  browser.runtime.onConnect.addListener((port) => {
    take({
      sender: port.sender,
      post: (message) => {
        port.postMessage(message);
      },
      onMessage: (listener) => {
        port.onMessage.addListener((message: unknown) => {
          listener(message);
        });
      },
      onDisconnect: (listener) => {
        port.onDisconnect.addListener(() => {
          listener();
        });
      },
      close: () => {
        port.disconnect();
      },
    });
  });
}

/** Opens the page that asks for the personal phrase, once, after installing. */
export function welcomeOnInstall(): void {
  browser.runtime.onInstalled.addListener(({ reason }) => {
    const url = `${browser.runtime.getURL("extension/popup/app.html")}#/welcome`;
    if (reason === "install") void browser.tabs.create({ url });
  });
}

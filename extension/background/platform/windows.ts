import browser from "webextension-polyfill";

const size = { width: 480, height: 820 } as const;

/** The windows of sessions: one each, from consent to the end of its result. */
export interface SessionWindows {
  /** Opens the session's window, or brings it to the front. */
  show(sessionId: string): Promise<void>;
  onClosed(take: (sessionId: string) => void): void;
}

/** Makes the windows. Which window is whose is asked of the browser, so it survives the worker. */
export function createSessionWindows(): SessionWindows {
  const open = new Map<number, string>();
  return {
    async show(sessionId) {
      const known = [...open].find(([, id]) => id === sessionId)?.[0];
      if (known !== undefined) {
        await browser.windows.update(known, { focused: true });
        return;
      }
      const url = `${browser.runtime.getURL("extension/popup/app.html")}#/session/${sessionId}`;
      const made = await browser.windows.create({ type: "popup", url, focused: true, ...size });
      if (made.id !== undefined) open.set(made.id, sessionId);
    },
    onClosed(take) {
      browser.windows.onRemoved.addListener((windowId) => {
        const sessionId = open.get(windowId);
        open.delete(windowId);
        if (sessionId !== undefined) take(sessionId);
      });
    },
  };
}

// Carries requests of the page to the worker and replies back.
(() => {
  const runtime = (
    globalThis as unknown as { chrome: { runtime: { sendMessage(message: unknown): Promise<object> } } }
  ).chrome.runtime;

  window.addEventListener("message", (event: MessageEvent<Record<string, unknown>>) => {
    const { demoWallet, id, method, params } = event.data;
    if (event.source !== window || demoWallet !== "request") return;
    void runtime.sendMessage({ method, params }).then((reply) => {
      window.postMessage({ ...reply, demoWallet: "reply", id }, location.origin);
    });
  });
})();

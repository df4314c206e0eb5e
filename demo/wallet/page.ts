// Announces the wallet (EIP-6963) and hands every request (EIP-1193) to the bridge.
(() => {
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 1;

  const request = (args: {
    readonly method: string;
    readonly params?: readonly unknown[];
  }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      pending.set(id, { resolve, reject });
      window.postMessage(
        { demoWallet: "request", id, method: args.method, params: args.params ?? [] },
        location.origin,
      );
    });

  window.addEventListener("message", (event: MessageEvent<Record<string, unknown>>) => {
    const { demoWallet, id, error, result } = event.data;
    if (event.source !== window || demoWallet !== "reply") return;
    const waiting = pending.get(Number(id));
    pending.delete(Number(id));
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(Object.assign(new Error("wallet refused"), error));
  });

  const provider = Object.freeze({ request, on: () => provider, removeListener: () => provider });
  const info = Object.freeze({
    uuid: "6f1cbb1d-6e0c-4d3e-9a57-1f2d4b0a7c11",
    name: "Demo wallet",
    icon: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><rect width='1' height='1' fill='teal'/></svg>",
    rdns: "org.opencontracts.demo-wallet",
  });
  const announce = (): void => {
    window.dispatchEvent(
      new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
    );
  };
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
})();

// The wallet itself: one unlocked account of the local chain. What it does next is set by `storage.local.behaviour`.
(() => {
  interface Behaviour {
    readonly locked: boolean;
    readonly chainId: string;
    readonly sends: "approve" | "reject" | "never";
  }
  interface WalletError {
    readonly code: number;
    readonly message: string;
  }
  interface Request {
    readonly method: string;
    readonly params: readonly Record<string, unknown>[];
  }
  type Reply = { readonly result: unknown } | { readonly error: WalletError };
  type Listener = (message: Request, sender: unknown, reply: (answer: Reply) => void) => boolean;

  const api = (
    globalThis as unknown as {
      chrome: {
        runtime: { getURL(path: string): string; onMessage: { addListener(listener: Listener): void } };
        storage: { local: { get(key: string): Promise<{ behaviour?: Partial<Behaviour> }> } };
      };
    }
  ).chrome;

  const readConfig = async (): Promise<{ rpcUrl: string; account: string; chainId: string }> => {
    const reply = await fetch(api.runtime.getURL("config.json"));
    return (await reply.json()) as { rpcUrl: string; account: string; chainId: string };
  };

  const rpc = async (url: string, method: string, params: readonly unknown[]): Promise<Reply> => {
    const reply = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await reply.json()) as { result?: unknown; error?: WalletError };
    return error === undefined ? { result } : { error };
  };

  const refuse = (code: number, message: string): Reply => ({ error: { code, message } });

  const handle = async ({ method, params }: Request): Promise<Reply> => {
    const { rpcUrl, account, chainId } = await readConfig();
    const { behaviour } = await api.storage.local.get("behaviour");
    const { locked, sends, ...rest } = {
      locked: false,
      chainId,
      sends: "approve",
      ...behaviour,
    };
    if (method === "eth_chainId") return { result: rest.chainId };
    if (locked) return method === "eth_accounts" ? { result: [] } : refuse(4100, "wallet is locked");
    if (method === "eth_accounts" || method === "eth_requestAccounts") return { result: [account] };
    if (method === "wallet_switchEthereumChain") return switchChain(String(params[0]?.["chainId"]), chainId);
    if (method !== "eth_sendTransaction") return rpc(rpcUrl, method, params);
    if (rest.chainId !== chainId) return refuse(4901, "wallet is on another chain");
    if (sends === "reject") return refuse(4001, "rejected by the user");
    if (sends === "never") return new Promise(() => undefined);
    return rpc(rpcUrl, method, [{ ...params[0], from: account }]);
  };

  const switchChain = (wanted: string, known: string): Reply => {
    if (wanted !== known) return refuse(4902, "unknown chain");
    void (api.storage.local as unknown as { remove(key: string): Promise<void> }).remove("behaviour");
    return { result: null };
  };

  api.runtime.onMessage.addListener((message, _, reply) => {
    void handle(message).then(reply, () => {
      reply(refuse(-32603, "the local chain does not answer"));
    });
    return true;
  });
})();

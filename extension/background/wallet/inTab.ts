/** What is asked of the wallet in a tab. */
export interface WalletCall {
  readonly method: string;
  readonly params: readonly unknown[];
  /** How long wallets may take to announce themselves, ms. */
  readonly discoverMs: number;
}

/** What the tab answers; the worker parses it, since the page can write here what it likes. */
export interface WalletAnswer {
  readonly status: "answered" | "failed" | "missing";
  readonly wallet?: string;
  readonly result?: unknown;
  readonly code?: number;
}

/**
 * Finds the tab's wallet by EIP-6963 and asks it once. Runs in the page's own world: the browser copies its source
 * there, so it may use nothing but its argument.
 */
export async function askWallet(call: WalletCall): Promise<WalletAnswer> {
  interface Announced {
    readonly info: { readonly name: string };
    readonly provider: { request(request: { method: string; params: readonly unknown[] }): Promise<unknown> };
  }
  interface PageWorld {
    addEventListener(type: string, listener: (event: { readonly detail: Announced }) => void): void;
    removeEventListener(type: string, listener: (event: { readonly detail: Announced }) => void): void;
    dispatchEvent(event: Event): void;
  }
  const page = globalThis as unknown as PageWorld;
  const wallets: Announced[] = [];
  const note = (event: { readonly detail: Announced }): void => {
    wallets.push(event.detail);
  };
  page.addEventListener("eip6963:announceProvider", note);
  page.dispatchEvent(new Event("eip6963:requestProvider"));
  const [first] = wallets;
  if (first === undefined) await new Promise((resolve) => setTimeout(resolve, call.discoverMs));
  page.removeEventListener("eip6963:announceProvider", note);
  const wallet = wallets[0];
  if (wallet === undefined) return { status: "missing" };
  const { name } = wallet.info;
  try {
    const result = await wallet.provider.request({ method: call.method, params: call.params });
    return { status: "answered", wallet: name, result };
  } catch (error) {
    const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
    return { status: "failed", wallet: name, code: typeof code === "number" ? code : 0 };
  }
}

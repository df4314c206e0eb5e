/** An EIP-1193 provider. */
export interface Provider {
  request(args: { readonly method: string; readonly params?: unknown }): Promise<unknown>;
  on?(event: string, listener: (value: never) => void): unknown;
}

/** Asks every provider that announces itself by `announce` (EIP-6963) and takes the first. */
function discover(request: string, announce: string): Promise<Provider | undefined> {
  return new Promise((resolve) => {
    const listen = (event: Event): void => {
      window.removeEventListener(announce, listen);
      resolve((event as CustomEvent<{ readonly provider: Provider }>).detail.provider);
    };
    window.addEventListener(announce, listen);
    window.dispatchEvent(new Event(request));
    setTimeout(() => {
      window.removeEventListener(announce, listen);
      resolve(undefined);
    }, 1_000);
  });
}

/** The person's wallet; undefined where no wallet is installed. */
export const findWallet = (): Promise<Provider | undefined> =>
  discover("eip6963:requestProvider", "eip6963:announceProvider");

/** The Open Contracts extension; undefined where it is not installed. */
export const findOpenContracts = (): Promise<Provider | undefined> =>
  discover("openContracts:requestProvider", "openContracts:announceProvider");

/** The token balance of `account`, in base units, read through the wallet (ERC-20 `balanceOf`). */
export async function readBalance(wallet: Provider, token: string, account: string): Promise<bigint> {
  const data = `0x70a08231${account.slice(2).padStart(64, "0")}`;
  return BigInt(
    String(await wallet.request({ method: "eth_call", params: [{ to: token, data }, "latest"] })),
  );
}

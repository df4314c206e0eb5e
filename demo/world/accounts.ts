import type { Address } from "#protocol/bytes.ts";

/** Who plays which part on the development chain; its node has unlocked all of them. */
export interface DemoAccounts {
  readonly deployer: Address;
  readonly buyer: Address;
  readonly seller: Address;
  readonly oracleProvider: Address;
  readonly registryProvider: Address;
  /** A stranger, for pages that announce a foreign account. */
  readonly stranger: Address;
}

/** Casts the first six accounts of the node at `rpcUrl`. */
export async function readAccounts(rpcUrl: string): Promise<DemoAccounts> {
  const reply = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_accounts", params: [] }),
  });
  const { result } = (await reply.json()) as { readonly result: readonly Address[] };
  const at = (index: number): Address => (result[index] ?? "0x").toLowerCase() as Address;
  return {
    deployer: at(0),
    buyer: at(1),
    seller: at(2),
    oracleProvider: at(3),
    registryProvider: at(4),
    stranger: at(5),
  };
}

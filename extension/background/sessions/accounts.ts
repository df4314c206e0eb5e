import { z } from "zod";
import type { Address } from "#protocol/bytes.ts";
import { DeniedError } from "#protocol/errors.ts";
import type { AccountView } from "#messages/view.ts";
import { contractField } from "#messages/page.ts";
import type { PageDocument } from "../platform/pages.ts";
import type { KeyValueStore } from "../platform/storage.ts";
import type { TabWallet } from "../wallet/tabWallet.ts";

const key = "confirmedAccounts";
const listSchema = z.array(contractField).max(1_000);
const maxListed = 20;

/** The person's accounts: what wallets report, and what the person has confirmed in a page of ours. */
export interface Accounts {
  /**
   * What the wallet of that document reports.
   * @throws DeniedError WALLET_LOCKED, and as `TabWallet.ask`
   */
  ask(
    document: PageDocument,
  ): Promise<{ readonly wallet: string; readonly accounts: readonly AccountView[] }>;
  confirm(account: Address): Promise<void>;
  known(): Promise<readonly Address[]>;
}

/** Makes the accounts over a tab's wallet and a store that outlives the browser's restart. */
export function createAccounts(wallet: TabWallet, store: KeyValueStore): Accounts {
  const known = async (): Promise<readonly Address[]> =>
    listSchema.safeParse(await store.read(key)).data ?? [];
  return {
    known,
    async ask(document) {
      const reply = await wallet.ask(document, { method: "eth_requestAccounts", asksPerson: true });
      const reported = listSchema.safeParse(reply.result).data ?? [];
      if (reported.length === 0) throw new DeniedError("WALLET_LOCKED");
      const confirmed = new Set(await known());
      const accounts = [...new Set(reported)].slice(0, maxListed).map((address) => ({
        address,
        isNew: !confirmed.has(address),
      }));
      return { wallet: reply.wallet, accounts };
    },
    async confirm(account) {
      const confirmed = await known();
      if (!confirmed.includes(account)) await store.write(key, [...confirmed, account]);
    },
  };
}

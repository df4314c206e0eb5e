import { z } from "zod";
import type { Hex } from "#protocol/bytes.ts";
import { DeniedError, TransportError } from "#protocol/errors.ts";
import { bytes32Field } from "#protocol/wire/fields.ts";
import { contractField } from "#messages/page.ts";
import type { ChainReader } from "../chain/reader.ts";
import {
  verifyTransaction,
  type ApprovedTransaction,
  type TransactionReceipt,
} from "../chain/transaction.ts";
import type { PageDocument } from "../platform/pages.ts";
import type { TabWallet } from "./tabWallet.ts";

/** How often the chain is asked about a transaction, ms. */
const pollMs = 1_000;
/** How long a transaction may take until an endpoint knows it, ms. */
const appearMs = 60_000;

const accountsSchema = z.array(contractField).max(1_000);
const chainIdSchema = z.string().regex(/^0x[0-9a-fA-F]{1,13}$/);

/** What a wait for the chain needs. */
export interface SendingClock {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Holds the wallet of a tab against what a result needs. The answers are the page's word: they spare the person a
 * wrong click and prove nothing.
 * @throws DeniedError WALLET_LOCKED, WALLET_OTHER_ACCOUNT, WALLET_WRONG_CHAIN, and as `TabWallet.ask`
 */
export async function requireWallet(
  wallet: TabWallet,
  document: PageDocument,
  needed: { readonly user: Hex; readonly chainId: number },
): Promise<void> {
  const accounts =
    accountsSchema.safeParse((await wallet.ask(document, { method: "eth_accounts" })).result).data ?? [];
  if (accounts.length === 0) throw new DeniedError("WALLET_LOCKED");
  if (!accounts.includes(needed.user)) {
    throw new DeniedError("WALLET_OTHER_ACCOUNT", { expected: needed.user, actual: accounts[0] });
  }
  const chainId = chainIdSchema.safeParse(
    (await wallet.ask(document, { method: "eth_chainId" })).result,
  ).data;
  if (Number(chainId) !== needed.chainId) {
    throw new DeniedError("WALLET_WRONG_CHAIN", { expected: String(needed.chainId), actual: chainId });
  }
}

/**
 * Asks the wallet to send a transaction and returns the hash it names.
 * @throws TransportError WALLET_FAILED where it names none, and as `TabWallet.ask`
 */
export async function sendTransaction(
  wallet: TabWallet,
  document: PageDocument,
  { from, to, input, valueWei, chainId }: ApprovedTransaction,
): Promise<Hex> {
  const params = [{ from, to, data: input, value: quantity(valueWei), chainId: quantity(BigInt(chainId)) }];
  const { result } = await wallet.ask(document, { method: "eth_sendTransaction", params, asksPerson: true });
  const hash = bytes32Field.safeParse(typeof result === "string" ? result.toLowerCase() : result);
  if (!hash.success) throw new TransportError("WALLET_FAILED");
  return hash.data;
}

/**
 * Waits until the chain knows the transaction, holds it against what was approved, and waits for its receipt.
 * @throws TransportError WALLET_TRANSACTION_UNKNOWN, SESSION_TIMEOUT; UntrustedError CHAIN_TRANSACTION_OTHER_*
 */
export async function followTransaction(
  chain: ChainReader,
  sent: { readonly hash: Hex; readonly approved: ApprovedTransaction; readonly timeoutMs: number },
  clock: SendingClock,
): Promise<TransactionReceipt> {
  const { hash, approved, timeoutMs } = sent;
  const found = await poll(() => chain.findTransaction(hash), appearMs, clock);
  if (found === undefined) throw new TransportError("WALLET_TRANSACTION_UNKNOWN", { actual: hash });
  verifyTransaction(found, approved);
  const receipt = await poll(() => chain.findReceipt(hash), timeoutMs, clock);
  if (receipt === undefined) throw new TransportError("SESSION_TIMEOUT");
  return receipt;
}

async function poll<T>(
  ask: () => Promise<T | undefined>,
  timeoutMs: number,
  { nowMs, sleep }: SendingClock,
): Promise<T | undefined> {
  const endMs = nowMs() + timeoutMs;
  for (;;) {
    const answer = await unlessUnreachable(ask);
    if (answer !== undefined || nowMs() >= endMs) return answer;
    await sleep(pollMs);
  }
}

/** An endpoint that is out of reach for a moment does not end the wait. */
async function unlessUnreachable<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof TransportError) return undefined;
    throw error;
  }
}

/** A number as JSON-RPC writes it. */
export function quantity(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}

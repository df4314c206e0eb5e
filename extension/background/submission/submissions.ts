import { encodeFunctionData, erc20Abi } from "viem";
import { opnTestnetAbi } from "#protocol/abi/opnTestnet.ts";
import type { Hex } from "#protocol/bytes.ts";
import { DeniedError, TransportError } from "#protocol/errors.ts";
import { developmentChainId } from "#protocol/trust/endpoints.ts";
import type { ErrorView, SubmissionButton, SubmissionIssue } from "#messages/view.ts";
import type { ChainReader, Funds } from "../chain/reader.ts";
import { verifySubmitted, type ApprovedTransaction } from "../chain/transaction.ts";
import { toErrorView } from "../errorView.ts";
import type { PageDocument, Pages } from "../platform/pages.ts";
import type { Results, StoredResult } from "../results.ts";
import { sessionTimeouts } from "../session/limits.ts";
import { isExpired } from "../session/result.ts";
import { createSubmissionTransaction } from "../session/submissionTransaction.ts";
import {
  followTransaction,
  quantity,
  requireWallet,
  sendTransaction,
  type SendingClock,
} from "../wallet/sending.ts";
import type { TabWallet } from "../wallet/tabWallet.ts";
import { issueOf } from "./issues.ts";

/** How long a page may take to load, ms. */
const openPageMs = 15_000;

/** How the submission of one result stands in this worker. */
export interface SubmissionState {
  readonly status: "unsent" | "checking" | "ready" | "wallet" | "blocked";
  readonly issue: SubmissionIssue | null;
  /** What went wrong at the last try. */
  readonly error: ErrorView | null;
  /** The Hub's function that the wallet will show. */
  readonly functionName: string | null;
}

/** What submissions need from the rest of the worker. */
export interface SubmissionsOptions {
  readonly results: Results;
  readonly wallet: TabWallet;
  readonly pages: Pages;
  readonly clock: SendingClock;
  readonly chain: (chainId: number) => ChainReader;
  readonly changed: (sessionId: string) => void;
}

const untouched: SubmissionState = { status: "unsent", issue: null, error: null, functionName: null };

/** Everything a submission is made of, checked. */
interface Prepared {
  readonly document: PageDocument;
  readonly transaction: ApprovedTransaction;
}

/** Brings signed results to the chain, through the wallet of a tab, one at a time each. */
export class Submissions {
  readonly #states = new Map<string, SubmissionState>();
  readonly #followed = new Set<string>();
  readonly #options: SubmissionsOptions;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  state(sessionId: string): SubmissionState {
    return this.#states.get(sessionId) ?? untouched;
  }

  forget(sessionId: string): void {
    this.#states.delete(sessionId);
  }

  /** Looks at page, wallet and chain, and says what stands in the way. */
  async check(result: StoredResult): Promise<void> {
    await this.#attempt(result, () => this.#prepare(result));
  }

  /** Does what the one button of the present issue says, and looks again. */
  async mend(result: StoredResult): Promise<void> {
    const button = this.state(result.sessionId).issue?.button;
    await this.#attempt(result, async () => {
      if (button !== undefined) await this.#press(button, result);
      await this.#prepare(result);
    });
  }

  /** Sends the result. What the wallet sent is stored before it is looked at. */
  async submit(result: StoredResult): Promise<void> {
    if (result.sent !== null || this.state(result.sessionId).status === "wallet") return;
    await this.#attempt(result, async () => {
      const { document, transaction } = await this.#prepare(result);
      this.#set(result.sessionId, { status: "wallet", issue: null, error: null });
      const hash = await sendTransaction(this.#options.wallet, document, transaction);
      await this.#options.results.change(result.sessionId, { sent: { hash, transaction } });
      void this.follow(result.sessionId);
    });
  }

  /** Follows a sent result to the Hub's own word; also after a restart. */
  async follow(sessionId: string): Promise<void> {
    const { results, chain, clock, changed } = this.#options;
    const result = await results.find(sessionId);
    if (result === undefined || result.sent === null || result.confirmed !== null) return;
    if (this.#followed.has(sessionId)) return;
    this.#followed.add(sessionId);
    changed(sessionId);
    const { call, digest } = result.verified;
    const { hash, transaction: approved } = result.sent;
    try {
      const sent = { hash, approved, timeoutMs: sessionTimeouts.broadcastMs };
      const receipt = await followTransaction(chain(call.chainId), sent, clock);
      verifySubmitted(receipt, { hub: call.hub, digest });
      const { blockNumber, gasUsed } = receipt;
      await results.change(sessionId, { confirmed: { blockNumber, gasUsed } });
      this.#set(sessionId, { status: "unsent", error: null });
    } catch (error) {
      await results.change(sessionId, { sent: null });
      this.#set(sessionId, { status: "unsent", error: toErrorView(error) });
    } finally {
      this.#followed.delete(sessionId);
    }
  }

  async #attempt(result: StoredResult, work: () => Promise<unknown>): Promise<void> {
    const { sessionId } = result;
    this.#set(sessionId, { status: "checking", error: null });
    try {
      await work();
      this.#set(sessionId, { status: "ready", issue: null });
    } catch (error) {
      const issue = issueOf(error, hasFaucet(result)) ?? null;
      if (issue === null) this.#set(sessionId, { status: "unsent", issue, error: toErrorView(error) });
      else this.#set(sessionId, { status: "blocked", issue });
    }
  }

  async #prepare(result: StoredResult): Promise<Prepared> {
    const { verified, sessionId } = result;
    const { call, cost } = verified;
    if (isExpired(verified, this.#options.clock.nowMs())) throw new TransportError("RESULT_EXPIRED");
    const chain = this.#options.chain(call.chainId);
    const known = await chain.oracleRecord(verified.identity.signer, verified.identity.registry);
    const transaction = createSubmissionTransaction(verified, known);
    const functionName = known.notAfter < verified.result.deadline ? "submitWithCertificate" : "submit";
    this.#set(sessionId, { functionName });
    const document = await this.#findDocument(result);
    await requireWallet(this.#options.wallet, document, call);
    requireFunds(await chain.funds(call.user), { costWei: cost.totalWei, valueWei: transaction.valueWei });
    return { document, transaction };
  }

  /** The page that asked; where it is gone, another one of the same origin. */
  async #findDocument(result: StoredResult): Promise<PageDocument> {
    const { pages, results } = this.#options;
    if (await pages.isOpen(result)) return result;
    const found = await pages.find(result.origin);
    if (found === undefined) throw new DeniedError("WALLET_PAGE_GONE");
    await results.change(result.sessionId, found);
    return found;
  }

  async #press(button: SubmissionButton, result: StoredResult): Promise<void> {
    const { wallet, chain } = this.#options;
    const { call, cost } = result.verified;
    if (button === "check-again") return;
    if (button === "open-page") return this.#openPage(result.origin);
    const document = await this.#findDocument(result);
    if (button === "connect-wallet") {
      await wallet.ask(document, { method: "eth_requestAccounts", asksPerson: true });
    } else if (button === "switch-chain") {
      const params = [{ chainId: quantity(BigInt(call.chainId)) }];
      await wallet.ask(document, { method: "wallet_switchEthereumChain", params, asksPerson: true });
    } else {
      await requireWallet(wallet, document, call);
      const { opn } = await chain(call.chainId).funds(call.user);
      const allow = { abi: erc20Abi, functionName: "approve", args: [call.hub, cost.totalWei] } as const;
      const input =
        button === "allow-opn"
          ? encodeFunctionData(allow)
          : encodeFunctionData({ abi: opnTestnetAbi, functionName: "drip" });
      await this.#sendAside(
        { chainId: call.chainId, from: call.user, to: opn, input, valueWei: 0n },
        document,
      );
    }
  }

  /** Opens the page again and waits a while for it to be there. */
  async #openPage(origin: string): Promise<void> {
    const { pages, clock } = this.#options;
    await pages.open(origin);
    const endMs = clock.nowMs() + openPageMs;
    while ((await pages.find(origin)) === undefined && clock.nowMs() < endMs) await clock.sleep(500);
  }

  /** Sends a transaction that only prepares the submission, and waits for it. */
  async #sendAside(approved: ApprovedTransaction, document: PageDocument): Promise<void> {
    const { wallet, chain, clock } = this.#options;
    const hash: Hex = await sendTransaction(wallet, document, approved);
    const sent = { hash, approved, timeoutMs: sessionTimeouts.broadcastMs };
    const receipt = await followTransaction(chain(approved.chainId), sent, clock);
    if (receipt.status !== "success") throw new TransportError("CHAIN_TRANSACTION_REVERTED");
  }

  #set(sessionId: string, change: Partial<SubmissionState>): void {
    this.#states.set(sessionId, { ...this.state(sessionId), ...change });
    this.#options.changed(sessionId);
  }
}

/** Test OPN can be had on the development chain only. */
function hasFaucet({ verified }: StoredResult): boolean {
  return verified.call.chainId === developmentChainId;
}

/**
 * The Hub takes OPN from the account's credit where that is enough, else from its allowance.
 * @throws DeniedError OPN_MISSING, OPN_NOT_ALLOWED, GAS_MISSING
 */
export function requireFunds(
  { opnWei, allowanceWei, creditWei, ethWei }: Funds,
  { costWei, valueWei }: { readonly costWei: bigint; readonly valueWei: bigint },
): void {
  // The transaction's own gas comes on top of the value; how much of it, the wallet says.
  if (ethWei <= valueWei) throw new DeniedError("GAS_MISSING", { actual: String(ethWei) });
  if (creditWei >= costWei) return;
  const amounts = { expected: String(costWei) };
  if (opnWei < costWei) throw new DeniedError("OPN_MISSING", { ...amounts, actual: String(opnWei) });
  if (allowanceWei < costWei) {
    throw new DeniedError("OPN_NOT_ALLOWED", { ...amounts, actual: String(allowanceWei) });
  }
}

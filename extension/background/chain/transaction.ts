import {
  decodeEventLog,
  encodeEventTopics,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  type Log,
} from "viem";
import { hubAbi as abi } from "#protocol/abi/hub.ts";
import type { Address, Hex } from "#protocol/bytes.ts";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { TransportError, UntrustedError } from "#protocol/errors.ts";
import { ask, type Endpoint } from "./endpoint.ts";
import { agreeOn, type Snapshot } from "./snapshot.ts";

/** A transaction as it was sent. */
export interface SentTransaction {
  /** Undefined in a transaction that names no chain. */
  readonly chainId: number | undefined;
  readonly from: Address;
  /** Null where it creates a contract. */
  readonly to: Address | null;
  readonly input: Hex;
  readonly valueWei: bigint;
}

/** What a person approved to be sent. */
export interface ApprovedTransaction {
  readonly chainId: number;
  readonly from: Address;
  readonly to: Address;
  readonly input: Hex;
  readonly valueWei: bigint;
}

/** What a contract reported in a transaction. */
export type EventLog = Pick<Log, "address" | "topics" | "data">;

/** What became of a transaction. */
export interface TransactionReceipt {
  readonly status: "success" | "reverted";
  readonly blockNumber: bigint;
  readonly gasUsed: bigint;
  readonly logs: readonly EventLog[];
}

/** The Hub's own word that a result was submitted. Amounts in OPN base units. */
export interface Submitted {
  readonly digest: Hex;
  readonly paidWei: bigint;
  readonly burnedWei: bigint;
}

async function findAt(endpoint: Endpoint, hash: Hex): Promise<SentTransaction | undefined> {
  return ask(endpoint, async (client) => {
    try {
      const { chainId, from, to, input, value } = await client.getTransaction({ hash });
      return { chainId, from, to, input, valueWei: value };
    } catch (cause) {
      if (cause instanceof TransactionNotFoundError) return undefined;
      throw cause;
    }
  });
}

/**
 * Finds a transaction by its hash. A fresh one may not have reached every endpoint yet, so one that knows it is
 * enough here; all that know it must agree. What became of it is only ever read from a receipt.
 * @throws UntrustedError CHAIN_ENDPOINTS_DISAGREE; TransportError CHAIN_ENDPOINT_UNREACHABLE where none answers
 */
export async function findTransaction(
  endpoints: readonly Endpoint[],
  hash: Hex,
): Promise<SentTransaction | undefined> {
  const settled = await Promise.allSettled(endpoints.map((endpoint) => findAt(endpoint, hash)));
  const answers = settled.filter((one) => one.status === "fulfilled").map((one) => one.value);
  if (answers.length === 0) throw new TransportError("CHAIN_ENDPOINT_UNREACHABLE", { actual: "0 answers" });
  const known = answers.filter((answer) => answer !== undefined);
  const [only] = known;
  return known.length > 1 ? agreeOn(known) : only;
}

/** Only what every endpoint names alike. */
function eventOf({ address, topics, data }: EventLog): EventLog {
  return { address, topics, data };
}

/** Finds a receipt that every endpoint of the snapshot has; undefined until then. */
export async function findReceipt(snapshot: Snapshot, hash: Hex): Promise<TransactionReceipt | undefined> {
  const answer = await snapshot.read(async (client) => {
    try {
      const { status, blockNumber, gasUsed, logs } = await client.getTransactionReceipt({ hash });
      // An endpoint that is ahead of the snapshot waits for the others.
      if (blockNumber > snapshot.blockNumber) return { receipt: undefined };
      return { receipt: { status, blockNumber, gasUsed, logs: logs.map(eventOf) } };
    } catch (cause) {
      if (cause instanceof TransactionReceiptNotFoundError) return { receipt: undefined };
      throw cause;
    }
  });
  return answer.receipt;
}

function requireSame(code: ErrorCode, expected: string, actual: string): void {
  if (expected.toLowerCase() !== actual.toLowerCase()) {
    throw new UntrustedError(code, { expected: expected.slice(0, 200), actual: actual.slice(0, 200) });
  }
}

/**
 * Compares a sent transaction with the approved one, field by field.
 * @throws UntrustedError CHAIN_TRANSACTION_OTHER_CHAIN, CHAIN_TRANSACTION_OTHER_SENDER,
 * CHAIN_TRANSACTION_OTHER_TARGET, CHAIN_TRANSACTION_OTHER_INPUT, CHAIN_TRANSACTION_OTHER_VALUE
 */
export function verifyTransaction(sent: SentTransaction, approved: ApprovedTransaction): void {
  requireSame("CHAIN_TRANSACTION_OTHER_CHAIN", String(approved.chainId), String(sent.chainId));
  requireSame("CHAIN_TRANSACTION_OTHER_SENDER", approved.from, sent.from);
  requireSame("CHAIN_TRANSACTION_OTHER_TARGET", approved.to, sent.to ?? "none");
  requireSame("CHAIN_TRANSACTION_OTHER_INPUT", approved.input, sent.input);
  requireSame("CHAIN_TRANSACTION_OTHER_VALUE", String(approved.valueWei), String(sent.valueWei));
}

/**
 * Finds in a receipt the Hub's event for the result `digest`.
 * @throws TransportError CHAIN_TRANSACTION_REVERTED; UntrustedError CHAIN_SUBMITTED_MISSING
 */
export function verifySubmitted(
  receipt: TransactionReceipt,
  { hub, digest }: { readonly hub: Address; readonly digest: Hex },
): Submitted {
  if (receipt.status !== "success") throw new TransportError("CHAIN_TRANSACTION_REVERTED");
  const [topic] = encodeEventTopics({ abi, eventName: "Submitted" });
  const found = receipt.logs
    .filter((log) => log.address.toLowerCase() === hub.toLowerCase() && log.topics[0] === topic)
    .map((log) => decodeEventLog({ abi, eventName: "Submitted", ...log }).args)
    .find((event) => event.digest === digest);
  if (found === undefined) throw new UntrustedError("CHAIN_SUBMITTED_MISSING", { expected: digest });
  return { digest, paidWei: found.paid, burnedWei: found.burned };
}

import { keccak256, type PublicClient } from "viem";
import { TransportError, UntrustedError } from "#protocol/errors.ts";
import type { ChainTrust } from "#protocol/trust/config.ts";
import { developmentChainId } from "#protocol/trust/endpoints.ts";
import { ask, type Endpoint } from "./endpoint.ts";

/** The oldest block that counts as the present, ms. */
const maxBlockAgeMs = 5 * 60_000;
const minEndpoints = 2;

/** One question put to one endpoint about one block. */
export type Question<T> = (client: PublicClient, blockNumber: bigint) => Promise<T>;

/** The chain at one recent block, as at least two endpoints see it. */
export interface Snapshot {
  readonly blockNumber: bigint;
  /**
   * Puts `question` to every endpoint; all answers must be the same.
   * @throws UntrustedError CHAIN_ENDPOINTS_DISAGREE; TransportError CHAIN_ENDPOINT_UNREACHABLE
   */
  read<T>(question: Question<T>): Promise<T>;
}

interface Head {
  readonly endpoint: Endpoint;
  readonly blockNumber: bigint;
}

/** A comparable text of a decoded answer; equal for equal values, also where there is none. */
function textOf(answer: unknown): string {
  return JSON.stringify({ answer }, (_key, value: unknown) =>
    typeof value === "bigint" ? `${String(value)}n` : value,
  );
}

/**
 * Returns the one answer that all have given.
 * @throws UntrustedError CHAIN_ENDPOINTS_DISAGREE; TransportError CHAIN_ENDPOINT_UNREACHABLE with fewer than two
 */
export function agreeOn<T>(answers: readonly T[]): T {
  const [first] = answers;
  if (answers.length < minEndpoints) {
    throw new TransportError("CHAIN_ENDPOINT_UNREACHABLE", {
      expected: `${String(minEndpoints)} answers`,
      actual: String(answers.length),
    });
  }
  const other = answers.find((answer) => textOf(answer) !== textOf(first));
  if (other !== undefined) {
    throw new UntrustedError("CHAIN_ENDPOINTS_DISAGREE", {
      expected: textOf(first).slice(0, 200),
      actual: textOf(other).slice(0, 200),
    });
  }
  return first as T;
}

/** Asks for chain id and newest block. @throws UntrustedError CHAIN_ID_MISMATCH; TransportError */
async function readHead(endpoint: Endpoint, chainId: number): Promise<Head> {
  const actual = await ask(endpoint, (client) => client.getChainId());
  if (actual !== chainId) {
    throw new UntrustedError("CHAIN_ID_MISMATCH", { expected: String(chainId), actual: String(actual) });
  }
  return { endpoint, blockNumber: await ask(endpoint, (client) => client.getBlockNumber()) };
}

/**
 * The heads of the endpoints that answer. One that is out of reach is left out, since the rest must still be
 * two; one that answers wrongly stops everything.
 */
async function readHeads(endpoints: readonly Endpoint[], chainId: number): Promise<readonly Head[]> {
  const settled = await Promise.allSettled(endpoints.map((endpoint) => readHead(endpoint, chainId)));
  const failures = settled.filter((one) => one.status === "rejected").map((one): unknown => one.reason);
  const untrusted = failures.find((failure) => failure instanceof UntrustedError);
  if (untrusted !== undefined) throw untrusted;
  const heads = settled.filter((one) => one.status === "fulfilled").map((one) => one.value);
  if (heads.length >= minEndpoints) return heads;
  throw new TransportError("CHAIN_ENDPOINT_UNREACHABLE", {
    expected: `${String(minEndpoints)} answers`,
    actual: String(heads.length),
    cause: failures[0],
  });
}

/** The development chain makes a block only when someone asks for one, so its last block may be old. */
function requireFresh(chainId: number, timestampSec: bigint, nowMs: number): void {
  if (chainId === developmentChainId) return;
  const ageMs = nowMs - Number(timestampSec) * 1000;
  if (ageMs > maxBlockAgeMs) {
    throw new TransportError("CHAIN_BLOCK_STALE", {
      expected: `at most ${String(maxBlockAgeMs)} ms`,
      actual: `${String(ageMs)} ms`,
    });
  }
}

async function requireHubCode(snapshot: Snapshot, chain: ChainTrust): Promise<void> {
  const actual = await snapshot.read(async (client, blockNumber) =>
    keccak256((await client.getCode({ address: chain.hub, blockNumber })) ?? "0x"),
  );
  if (actual !== chain.hubCodeHash) {
    throw new UntrustedError("CHAIN_HUB_CODE_MISMATCH", { expected: chain.hubCodeHash, actual });
  }
}

/**
 * Fixes the newest block that all answering endpoints know, and holds it: same chain id, same block hash, recent,
 * and the Hub's code is the one compiled in.
 * @throws UntrustedError CHAIN_ID_MISMATCH, CHAIN_ENDPOINTS_DISAGREE, CHAIN_HUB_CODE_MISMATCH
 * @throws TransportError CHAIN_ENDPOINT_UNREACHABLE, CHAIN_BLOCK_STALE
 */
export async function openSnapshot(
  endpoints: readonly Endpoint[],
  chain: ChainTrust,
  nowMs: number,
): Promise<Snapshot> {
  const heads = await readHeads(endpoints, chain.chainId);
  const blockNumber = heads.reduce(
    (lowest, head) => (head.blockNumber < lowest ? head.blockNumber : lowest),
    2n ** 64n,
  );
  const read = async <T>(question: Question<T>): Promise<T> =>
    agreeOn(
      await Promise.all(heads.map((head) => ask(head.endpoint, (client) => question(client, blockNumber)))),
    );
  const block = await read(async (client) => {
    const { hash, timestamp } = await client.getBlock({ blockNumber });
    return { hash, timestamp };
  });
  requireFresh(chain.chainId, block.timestamp, nowMs);
  const snapshot = { blockNumber, read };
  await requireHubCode(snapshot, chain);
  return snapshot;
}

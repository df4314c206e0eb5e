import { z } from "zod";
import { TransportError } from "#protocol/errors.ts";
import { addressField, bytes32Field, chainIdField, uintField } from "#protocol/wire/fields.ts";
import type { KeyValueStore } from "./platform/storage.ts";
import type { VerifiedResult } from "./session/result.ts";
import { decodeResultRecord, encodeResultRecord } from "./session/resultRecord.ts";

const prefix = "result:";
/** How long a confirmed or expired result is kept for its receipt, ms. */
export const keptMs = 7 * 24 * 60 * 60_000;

const hexText = z
  .string()
  .regex(/^0x([0-9a-f]{2})*$/)
  .transform((text) => text as `0x${string}`);
const sentSchema = z.strictObject({
  hash: bytes32Field,
  transaction: z.strictObject({
    chainId: chainIdField,
    from: addressField,
    to: addressField,
    input: hexText,
    valueWei: uintField,
  }),
});
const entrySchema = z.strictObject({
  sessionId: z.uuid(),
  clientRequestId: z.string().nullable(),
  origin: z.string(),
  tabId: z.int(),
  documentId: z.string(),
  storedAtMs: z.int(),
  record: z.unknown(),
  /** What the wallet said it sent; the transaction as it was approved. */
  sent: sentSchema.nullable(),
  /** Where the Hub confirmed it. */
  confirmed: z.strictObject({ blockNumber: uintField, gasUsed: uintField }).nullable(),
});

type Entry = z.output<typeof entrySchema>;
type WireEntry = z.input<typeof entrySchema>;
/** A signed result with where it came from and how far its submission got. */
export interface StoredResult extends Omit<Entry, "record"> {
  readonly verified: VerifiedResult;
}
/** What changes about a stored result. */
export type ResultChange = Partial<Pick<StoredResult, "sent" | "confirmed" | "tabId" | "documentId">>;

/** Signed results. They outlive the worker, the browser and an update. */
export interface Results {
  /** Stores a result; nothing else happens to it before. @throws TransportError STORAGE_FAILED */
  add(result: StoredResult): Promise<void>;
  /** A result, verified again; undefined where there is none. @throws UntrustedError as `decodeResultRecord` */
  find(sessionId: string): Promise<StoredResult | undefined>;
  /** Every readable result, oldest first. */
  list(): Promise<readonly StoredResult[]>;
  change(sessionId: string, change: ResultChange): Promise<void>;
  remove(sessionId: string): Promise<void>;
}

function encodeEntry({ verified, ...rest }: StoredResult): WireEntry {
  const { sent, confirmed } = rest;
  return {
    ...rest,
    record: encodeResultRecord(verified),
    sent: sent && {
      hash: sent.hash,
      transaction: { ...sent.transaction, valueWei: sent.transaction.valueWei.toString() },
    },
    confirmed: confirmed && {
      blockNumber: confirmed.blockNumber.toString(),
      gasUsed: confirmed.gasUsed.toString(),
    },
  };
}

async function decodeEntry(value: unknown): Promise<StoredResult> {
  const { record, ...rest } = entrySchema.parse(value);
  return { ...rest, verified: await decodeResultRecord(record) };
}

/** Makes the results over `store`. */
export function createResults(store: KeyValueStore): Results {
  const find: Results["find"] = async (sessionId) => {
    const value = await store.read(prefix + sessionId);
    return value === undefined ? undefined : decodeEntry(value);
  };
  const write = async (result: StoredResult): Promise<void> => {
    try {
      await store.write(prefix + result.sessionId, encodeEntry(result));
    } catch (cause) {
      throw new TransportError("STORAGE_FAILED", { cause });
    }
  };
  return {
    add: write,
    find,
    async list() {
      const entries = await store.list(prefix);
      const decoded = await Promise.allSettled(entries.map(([, value]) => decodeEntry(value)));
      const readable = decoded.filter((one) => one.status === "fulfilled").map((one) => one.value);
      return readable.sort((a, b) => a.storedAtMs - b.storedAtMs);
    },
    async change(sessionId, change) {
      const result = await find(sessionId);
      if (result !== undefined) await write({ ...result, ...change });
    },
    remove: (sessionId) => store.remove(prefix + sessionId),
  };
}

/** True while a result is neither on the chain nor thrown away, and can still be sent. */
export function isUnsent({ confirmed }: StoredResult): boolean {
  return confirmed === null;
}

/** Forgets what was confirmed, or has expired, long ago. */
export async function purgeResults(results: Results, nowMs: number): Promise<void> {
  for (const { sessionId, storedAtMs, confirmed, verified } of await results.list()) {
    const endedMs = confirmed === null ? verified.result.deadline * 1_000 : storedAtMs;
    if (endedMs + keptMs < nowMs) await results.remove(sessionId);
  }
}

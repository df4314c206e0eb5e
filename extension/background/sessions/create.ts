import type { RunParams } from "#messages/page.ts";
import type { Address } from "#protocol/bytes.ts";
import { UsageError } from "#protocol/errors.ts";
import type { FolderFile } from "#protocol/folder/manifest.ts";
import { parseFunctionSignature } from "#protocol/submission.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import type { Approvals } from "../approvals.ts";
import type { KeyValueStore } from "../platform/storage.ts";
import type { PageSender } from "../sender.ts";
import { chainOf, createSessionRequest } from "../session/request.ts";
import { createSessionState } from "../session/state.ts";
import type { LiveSession } from "./live.ts";

/** What a submission may cost at most where a page names no cap, in OPN base units: 10 OPN. */
export const defaultMaxPaymentWei = 10n * 10n ** 18n;

/** Stands in for the account until the person has chosen it; never leaves this file. */
const accountToCome: Address = `0x${"1".repeat(40)}`;

/** How often each contract was approved in this browser. */
export interface UseCounter {
  read(chainId: number, contract: Address): Promise<number>;
  add(chainId: number, contract: Address): Promise<void>;
}

/** Makes the counter over a store that outlives the browser's restart. */
export function createUseCounter(store: KeyValueStore): UseCounter {
  const keyOf = (chainId: number, contract: Address): string => `use:${String(chainId)}:${contract}`;
  const read: UseCounter["read"] = async (chainId, contract) => {
    const count = await store.read(keyOf(chainId, contract));
    return typeof count === "number" ? count : 0;
  };
  return {
    read,
    add: async (chainId, contract) =>
      store.write(keyOf(chainId, contract), (await read(chainId, contract)) + 1),
  };
}

/** What making a session needs from the rest of the worker. */
export interface CreateOptions {
  readonly trust: TrustConfig;
  readonly approvals: Approvals;
  readonly uses: UseCounter;
  readonly newId: () => string;
  readonly nowMs: () => number;
}

/**
 * Refuses what can be refused before the folder has arrived.
 * @throws UsageError CHAIN_NOT_SUPPORTED, REQUEST_FUNCTION_INVALID
 */
export function checkRunParams(params: RunParams, trust: TrustConfig): void {
  chainOf(trust, params.chainId);
  parseFunction(params.function);
}

function parseFunction(signature: string): ReturnType<typeof parseFunctionSignature> {
  try {
    return parseFunctionSignature(signature);
  } catch (cause) {
    throw new UsageError("REQUEST_FUNCTION_INVALID", { actual: signature.slice(0, 200), cause });
  }
}

/**
 * Makes the live record of a request: hashes the folder, once, and opens the question to the person.
 * @throws UsageError as `createSessionRequest`
 */
export async function createLive(
  page: PageSender,
  { params, files }: { readonly params: RunParams; readonly files: readonly FolderFile[] },
  { trust, approvals, uses, newId, nowMs }: CreateOptions,
): Promise<LiveSession> {
  const { user: _user, ...request } = await createSessionRequest(
    {
      chainId: params.chainId,
      target: params.contract,
      functionSignature: params.function,
      files,
      user: accountToCome,
      valueWei: params.value ?? 0n,
      maxPaymentWei: params.maxPayment ?? defaultMaxPaymentWei,
    },
    trust,
  );
  const sessionId = newId();
  return {
    sessionId,
    clientRequestId: params.clientRequestId ?? null,
    page,
    request,
    call: parseFunction(params.function),
    timesUsed: await uses.read(params.chainId, request.target),
    controller: new AbortController(),
    state: createSessionState(nowMs()),
    approval: await approvals.open(sessionId),
    isAllowedOnChain: false,
    accounts: { status: "asking" },
    account: null,
    steps: [],
    lines: [],
    prompts: [],
    delay: null,
  };
}

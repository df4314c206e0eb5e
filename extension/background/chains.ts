import type { TrustConfig } from "#protocol/trust/config.ts";
import { createChainReader, type ChainReader } from "./chain/reader.ts";
import { chainOf } from "./session/request.ts";

/** How long one request to a chain endpoint may take, ms. */
const requestMs = 10_000;

/**
 * One reader per chain that the build knows, made when first asked for.
 * @throws (when asked) UsageError CHAIN_NOT_SUPPORTED
 */
export function createChains(trust: TrustConfig, nowMs: () => number): (chainId: number) => ChainReader {
  const readers = new Map<number, ChainReader>();
  return (chainId) => {
    const reader =
      readers.get(chainId) ?? createChainReader(chainOf(trust, chainId), { nowMs, timeoutMs: requestMs });
    readers.set(chainId, reader);
    return reader;
  };
}

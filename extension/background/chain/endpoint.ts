import { createPublicClient, http, type PublicClient, type Transport } from "viem";
import { OpenContractsError, TransportError } from "#protocol/errors.ts";

/** How to reach one JSON-RPC endpoint. `timeoutMs` bounds each single request. */
export type TransportFactory = (url: string, timeoutMs: number) => Transport;

/** One endpoint of a chain. */
export interface Endpoint {
  readonly url: string;
  readonly client: PublicClient;
}

/** JSON-RPC over HTTP by `fetch`, each request tried twice at most. */
export const httpTransport: TransportFactory = (url, timeoutMs) =>
  http(url, { timeout: timeoutMs, retryCount: 1, retryDelay: 200 });

/** Makes the client of one endpoint. Nothing is cached: an answer belongs to the block it was asked for. */
export function createEndpoint(url: string, transport: Transport): Endpoint {
  return { url, client: createPublicClient({ transport, cacheTime: 0 }) };
}

/**
 * Asks one endpoint.
 * @throws TransportError CHAIN_ENDPOINT_UNREACHABLE where it does not answer, or answers with something that
 * cannot be decoded: both leave us without its word
 */
export async function ask<T>(endpoint: Endpoint, question: (client: PublicClient) => Promise<T>): Promise<T> {
  try {
    return await question(endpoint.client);
  } catch (cause) {
    if (cause instanceof OpenContractsError) throw cause;
    throw new TransportError("CHAIN_ENDPOINT_UNREACHABLE", { actual: endpoint.url, cause });
  }
}

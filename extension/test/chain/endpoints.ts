import {
  custom,
  decodeFunctionData,
  encodeFunctionResult,
  erc20Abi,
  keccak256,
  type Abi,
  type Hex,
} from "viem";
import { hubAbi } from "#protocol/abi/hub.ts";
import type { ChainTrust } from "#protocol/trust/config.ts";
import { createChainReader, type ChainReader } from "../../background/chain/reader.ts";

/** What one endpoint of a test says. */
export interface FakeEndpoint {
  chainId: number;
  blockNumber: bigint;
  blockHash: (blockNumber: bigint) => Hex;
  timestampSec: number;
  code: Hex;
  /** Results of view functions by name. */
  readonly views: Record<string, unknown>;
  /** Throws: the endpoint is down. */
  isDown: boolean;
  readonly transactions: Map<Hex, object>;
  readonly receipts: Map<Hex, object>;
  /** What was asked, with the block it was asked about. */
  readonly asked: string[];
}

export const hub = "0x00000000000000000000000000000000000000aa" as const;
export const opn = "0x00000000000000000000000000000000000000ab" as const;
export const code = "0x6001" as const;
const urls = ["https://a.open-contracts.org", "https://b.open-contracts.org", "https://c.open-contracts.org"];
const word = (digit: number | bigint): Hex => `0x${digit.toString(16).padStart(64, "0")}`;

export function createFakeEndpoint(nowMs: number): FakeEndpoint {
  return {
    chainId: 10,
    blockNumber: 100n,
    blockHash: word,
    timestampSec: Math.floor(nowMs / 1000) - 2,
    code,
    views: {},
    isDown: false,
    transactions: new Map(),
    receipts: new Map(),
    asked: [],
  };
}

/** The Hub's ABI without its types: a test may give any answer. */
const views: Abi = hubAbi;

/** Positional parameters of a JSON-RPC request. */
type Params = readonly unknown[];

function answerCall(endpoint: FakeEndpoint, { to, data }: { readonly to: string; readonly data: Hex }): Hex {
  if (to.toLowerCase() === opn) {
    const { functionName } = decodeFunctionData({ abi: erc20Abi, data });
    return word(endpoint.views[functionName] as bigint);
  }
  const { functionName } = decodeFunctionData({ abi: hubAbi, data });
  return encodeFunctionResult({ abi: views, functionName, result: endpoint.views[functionName] });
}

const methods: Readonly<Record<string, (endpoint: FakeEndpoint, params: Params) => unknown>> = {
  eth_chainId: ({ chainId }) => `0x${chainId.toString(16)}`,
  eth_blockNumber: ({ blockNumber }) => `0x${blockNumber.toString(16)}`,
  eth_getBlockByNumber: (endpoint, [blockNumber]) => blockOf(endpoint, BigInt(blockNumber as Hex)),
  eth_getCode: (endpoint) => endpoint.code,
  eth_getBalance: ({ views }) => word(views.balance as bigint),
  eth_call: (endpoint, [request]) => answerCall(endpoint, request as { to: string; data: Hex }),
  eth_getTransactionByHash: ({ transactions }, [hash]) => transactions.get(hash as Hex) ?? null,
  eth_getTransactionReceipt: ({ receipts }, [hash]) => receipts.get(hash as Hex) ?? null,
};

function answer(endpoint: FakeEndpoint, method: string, params: Params): unknown {
  if (endpoint.isDown) throw new Error("connection refused");
  endpoint.asked.push(`${method} ${JSON.stringify(params.at(-1) ?? null)}`);
  const reply = methods[method];
  if (reply === undefined) throw new Error(`unexpected ${method}`);
  return reply(endpoint, params);
}

function blockOf(endpoint: FakeEndpoint, blockNumber: bigint): object {
  return {
    number: `0x${blockNumber.toString(16)}`,
    hash: endpoint.blockHash(blockNumber),
    timestamp: `0x${endpoint.timestampSec.toString(16)}`,
    transactions: [],
  };
}

/** A reader of a chain served by `endpoints`. */
export function createFakeReader(
  endpoints: readonly FakeEndpoint[],
  { nowMs, chainId = 10 }: { readonly nowMs: number; readonly chainId?: number },
): ChainReader {
  const chain: ChainTrust = {
    chainId,
    name: "test",
    hub,
    hubCodeHash: keccak256(code),
    endpoints: urls.slice(0, endpoints.length),
  };
  return createChainReader(chain, {
    nowMs: () => nowMs,
    timeoutMs: 1_000,
    transport: (url) => {
      const endpoint = endpoints[urls.indexOf(url)];
      if (endpoint === undefined) throw new Error("no endpoint");
      const request = ({ method, params = [] }: { method: string; params?: Params }): Promise<unknown> =>
        Promise.resolve().then(() => answer(endpoint, method, params));
      return custom({ request }, { retryCount: 0 });
    },
  });
}

import { createServer, type Server } from "node:http";
import { keccak256, toFunctionSelector } from "viem";

const code = "0x6001600155";
const blockHash = `0x${"b".repeat(64)}`;
const isAllowed = toFunctionSelector("function isAllowed(address,bytes4,bytes32)");

/** keccak256 of the code that the fake Hub has. */
export const fakeHubCodeHash = keccak256(code);

/** A JSON-RPC endpoint that knows one Hub, which allows every script. */
export interface FakeChain {
  readonly url: string;
  close(): void;
}

/** Starts the endpoint on a free port of 127.0.0.1. */
export async function startFakeChain(): Promise<FakeChain> {
  const server = createServer((request, reply) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      const asked = JSON.parse(body === "" ? "[]" : body) as Asked | Asked[];
      const answers = Array.isArray(asked) ? asked.map(answer) : answer(asked);
      reply.setHeader("content-type", "application/json");
      reply.end(JSON.stringify(answers));
    });
  });
  return { url: await listen(server), close: () => server.close() };
}

/** Listens on a free port and returns the origin. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return `http://127.0.0.1:${String(typeof address === "object" ? address?.port : 0)}`;
}

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly { readonly data?: string; readonly input?: string }[];
}

function answer({ id, method, params = [] }: Asked): unknown {
  const results: Readonly<Record<string, unknown>> = {
    eth_chainId: "0x7a69",
    eth_blockNumber: "0x10",
    eth_getCode: code,
    eth_getBlockByNumber: { number: "0x10", hash: blockHash, timestamp: "0x67000000", transactions: [] },
    eth_call:
      (params[0]?.data ?? params[0]?.input)?.startsWith(isAllowed) === true
        ? `0x${"1".padStart(64, "0")}`
        : "0x",
  };
  return { jsonrpc: "2.0", id, result: results[method] ?? null };
}

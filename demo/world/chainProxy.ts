import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listenLocally } from "./servers.ts";

/** A JSON-RPC reply as the proxy passes it on. */
export interface RpcReply {
  result?: unknown;
  readonly [field: string]: unknown;
}

/** The demo chain's second endpoint: passes everything on, until a test makes it lie. */
export interface ChainProxy {
  readonly url: string;
  /** Replaces what the proxy answers to `method`; undefined makes it honest again. */
  lie(method: string, change: ((reply: RpcReply) => RpcReply) | undefined): void;
  stop(): Promise<void>;
}

/** Starts the proxy on 127.0.0.1:`port` in front of `upstream`. */
export async function startChainProxy(upstream: string, port: number): Promise<ChainProxy> {
  const lies = new Map<string, (reply: RpcReply) => RpcReply>();
  const server = createServer((request, response) => {
    void pass(request, response, { upstream, lies });
  });
  await listenLocally(server, port);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    lie(method, change) {
      if (change === undefined) lies.delete(method);
      else lies.set(method, change);
    },
    stop: () => closeServer(server),
  };
}

type Lies = ReadonlyMap<string, (reply: RpcReply) => RpcReply>;

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { upstream, lies }: { readonly upstream: string; readonly lies: Lies },
): Promise<void> {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-headers", "*");
  if (request.method !== "POST") {
    response.end();
    return;
  }
  try {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const answer = await fetch(upstream, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    const { method } = JSON.parse(body) as { readonly method?: string };
    const reply = (await answer.json()) as RpcReply;
    const change = lies.get(method ?? "");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(change === undefined ? reply : change(reply)));
  } catch {
    response.writeHead(502).end();
  }
}

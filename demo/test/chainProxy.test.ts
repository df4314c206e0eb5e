import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChainProxy, type ChainProxy } from "../world/chainProxy.ts";
import { openFreePorts } from "../world/ports.ts";
import { closeServer, listenLocally } from "../world/servers.ts";

describe("the chain's second endpoint", () => {
  let upstream: Server;
  let proxy: ChainProxy;
  beforeEach(async () => {
    const [upstreamPort = 0, proxyPort = 0] = await openFreePorts(2);
    upstream = createServer((_, response) => response.end(JSON.stringify({ id: 1, result: "true" })));
    await listenLocally(upstream, upstreamPort);
    proxy = await startChainProxy(`http://127.0.0.1:${String(upstreamPort)}`, proxyPort);
  });
  afterEach(async () => {
    await proxy.stop();
    await closeServer(upstream);
  });

  const post = (method: string): Promise<Response> =>
    fetch(proxy.url, { method: "POST", body: JSON.stringify({ id: 1, method }) });
  const resultOf = async (method: string): Promise<unknown> => (await post(method)).json();

  it("lies about one method alone, and is honest again when told so", async () => {
    const [truth, lie] = [
      { id: 1, result: "true" },
      { id: 1, result: "false" },
    ];
    expect(await resultOf("eth_call")).toEqual(truth);
    proxy.lie("eth_call", (reply) => ({ ...reply, result: "false" }));
    expect(await resultOf("eth_call")).toEqual(lie);
    expect(await resultOf("eth_getCode")).toEqual(truth);
    proxy.lie("eth_call", undefined);
    expect(await resultOf("eth_call")).toEqual(truth);
  });

  it("answers the preflight of a page", async () => {
    const { status, headers } = await fetch(proxy.url, { method: "OPTIONS" });
    expect(status).toBe(200);
    expect(headers.get("access-control-allow-origin")).toBe("*");
  });

  it("says 502 where the chain does not answer", async () => {
    await closeServer(upstream);
    expect((await post("eth_call")).status).toBe(502);
  });
});

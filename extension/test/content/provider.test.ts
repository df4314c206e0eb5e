import { describe, expect, it } from "vitest";
import type { PageMessage, PageReply } from "#messages/page.ts";
import { isErrorCode } from "#protocol/codes/index.ts";
import { codes } from "#protocol/codes/index.ts";
import { createBridge, type BridgePort } from "../../content/bridge.ts";
import {
  lostWorker,
  malformedCall,
  opaqueOrigin,
  type BridgeNews,
  type PageCall,
} from "../../content/envelope.ts";
import { createProvider, type OpenContractsProvider } from "../../content/provider.ts";

interface Link {
  readonly provider: OpenContractsProvider;
  readonly calls: PageCall[];
  tell(news: BridgeNews): void;
}

function createLink(isOpaque = false): Link {
  const calls: PageCall[] = [];
  let take: (news: BridgeNews) => void = () => undefined;
  const provider = createProvider({
    isOpaque,
    send: (call) => {
      calls.push(structuredClone(call));
    },
    listen: (listener) => {
      take = listener;
    },
  });
  return {
    provider,
    calls,
    tell: (news) => {
      take(news);
    },
  };
}

const reasonOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => "resolved",
    (error: unknown) => {
      const { code, data } = error as { code: number; data: { reason: string } };
      return [code, data.reason];
    },
  );

describe("window.openContracts", () => {
  it("is frozen", () => {
    expect(Object.isFrozen(createLink().provider)).toBe(true);
  });

  it("resolves with the worker's result", async () => {
    const { provider, calls, tell } = createLink();
    const asked = provider.request({ method: "oc_getInfo" });
    tell({ openContracts: "result", id: calls[0]?.id ?? 0, result: { version: "1" } });
    await expect(asked).resolves.toEqual({ version: "1" });
  });

  it("takes the bytes out of a run request and passes amounts as text", () => {
    const { provider, calls } = createLink();
    void provider.request({
      method: "oc_run",
      params: { value: 5n, files: [{ path: "oracle.py", bytes: Uint8Array.of(1, 2), mode: 7 }] },
    });
    expect(calls[0]).toMatchObject({
      params: { value: "5", files: [{ path: "oracle.py", size: 2, mode: 7 }] },
      contents: [Uint8Array.of(1, 2)],
    });
  });

  it.each([
    ["no object", null],
    ["no method", {}],
    ["files that are no list", { method: "oc_run", params: { files: 1 } }],
    ["bytes that are no bytes", { method: "oc_run", params: { files: [{ path: "a", bytes: [1] }] } }],
    ["what cannot be cloned", { method: "oc_getInfo", params: { run: () => 1 } }],
  ])("refuses %s", async (_name, request) => {
    const asked = createLink().provider.request(request as never);
    expect(await reasonOf(asked)).toEqual([-32602, "REQUEST_INVALID"]);
  });

  it("rejects at once where the origin is opaque, without sending anything", async () => {
    const { provider, calls } = createLink(true);
    expect(await reasonOf(provider.request({ method: "oc_getInfo" }))).toEqual([4900, "PAGE_OPAQUE_ORIGIN"]);
    expect(calls).toEqual([]);
  });

  it("rejects what was asked of a worker that is gone, and says so", async () => {
    const { provider, tell } = createLink();
    const heard: unknown[] = [];
    provider.on("disconnect", (error) => heard.push(error));
    const asked = reasonOf(provider.request({ method: "oc_getInfo" }));
    tell({ openContracts: "disconnect" });
    expect(await asked).toEqual([4900, "PAGE_DISCONNECTED"]);
    await expect.poll(() => heard.length).toBe(1);
  });

  it("tells sessions until the listener is removed", async () => {
    const { provider, tell } = createLink();
    const heard: unknown[] = [];
    const listener = (session: unknown): void => void heard.push(session);
    const session = { sessionId: "s", phase: "running" } as never;
    provider.on("session", listener);
    tell({ openContracts: "session", session });
    await expect.poll(() => heard).toEqual([session]);
    provider.removeListener("session", listener);
    tell({ openContracts: "session", session });
    await Promise.resolve();
    expect(heard).toHaveLength(1);
  });

  it("says in its own errors what the code table says", () => {
    for (const { message, data } of [lostWorker, malformedCall, opaqueOrigin]) {
      expect(isErrorCode(data.reason)).toBe(true);
      expect([message, data.action]).toEqual([codes[data.reason].sentence, codes[data.reason].action]);
    }
  });
});

interface Wire {
  readonly sent: PageMessage[];
  readonly news: BridgeNews[];
  readonly forward: (call: PageCall) => void;
  reply(message: PageReply): void;
  disconnect(): void;
}

function createWire(connect?: () => never): Wire {
  const sent: PageMessage[] = [];
  const news: BridgeNews[] = [];
  let reply: (message: PageReply) => void = () => undefined;
  let disconnect: () => void = () => undefined;
  const port: BridgePort = {
    postMessage: (message) => void sent.push(message),
    onMessage: (take) => {
      reply = take;
    },
    onDisconnect: (take) => {
      disconnect = take;
    },
  };
  const forward = createBridge(connect ?? ((): BridgePort => port), (one) => void news.push(one));
  return { sent, news, forward, reply: (message) => reply(message), disconnect: () => disconnect() };
}

const call: PageCall = {
  openContracts: "call",
  id: 3,
  method: "oc_getInfo",
  params: undefined,
  contents: [],
};

describe("the bridge", () => {
  it("forwards a call and its answer as they are", () => {
    const wire = createWire();
    wire.forward(call);
    wire.reply({ type: "result", id: 3, result: 1 });
    expect(wire.sent).toEqual([{ type: "request", id: 3, method: "oc_getInfo", params: undefined }]);
    expect(wire.news).toEqual([{ openContracts: "result", id: 3, result: 1 }]);
  });

  it("says when the worker is gone, and connects anew at the next call", () => {
    const wire = createWire();
    wire.forward(call);
    wire.disconnect();
    wire.forward(call);
    expect(wire.news).toEqual([{ openContracts: "disconnect" }]);
    expect(wire.sent).toHaveLength(2);
  });

  it("says so where the extension itself was replaced", () => {
    const wire = createWire(() => {
      throw new Error("Extension context invalidated.");
    });
    wire.forward(call);
    expect(wire.news).toEqual([{ openContracts: "error", id: 3, error: lostWorker }]);
  });

  it.each([{ contents: "x" }, { contents: [1] }])("refuses contents that are no bytes: %j", (change) => {
    const wire = createWire();
    wire.forward({ ...call, ...(change as object) });
    expect(wire.news).toEqual([{ openContracts: "error", id: 3, error: malformedCall }]);
    expect(wire.sent).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { UsageError } from "#protocol/errors.ts";
import { Ports, refusePort, type RawPort } from "../../background/ports.ts";
import { pageRoute, uiRoute } from "../../background/router.ts";

interface FakePort extends RawPort {
  readonly posted: unknown[];
  isClosed: boolean;
  receive(message: unknown): void;
}

function createPort(): FakePort {
  let take: (message: unknown) => void = () => undefined;
  const port: FakePort = {
    sender: undefined,
    posted: [],
    isClosed: false,
    post: (message) => port.posted.push(message),
    onMessage: (listener) => {
      take = listener;
    },
    onDisconnect: () => undefined,
    close: () => {
      port.isClosed = true;
    },
    receive: (message) => {
      take(message);
    },
  };
  return port;
}

const ready = Promise.resolve();
const page = { from: "page", origin: "https://a.example", tabId: 1, documentId: "D" } as const;
const ports = (): Ports =>
  new Ports(
    {
      oc_run: pageRoute(z.unknown(), async (_, { upload }) => {
        const files = await upload.receive([{ path: "oracle.py", size: 3 }], 5_000);
        return files[0]?.bytes.join();
      }),
      fail: pageRoute(z.unknown(), async () => {
        throw new UsageError("CHAIN_NOT_SUPPORTED");
      }),
      break: uiRoute(z.unknown(), async () => {
        throw new TypeError("text that nobody must see");
      }),
    },
    [31337],
  );

describe("ports", () => {
  it("hands a folder's pieces to the request they belong to", async () => {
    const port = createPort();
    ports().accept(port, page, ready);
    port.receive({ type: "request", id: 4, method: "oc_run" });
    port.receive({ type: "chunk", id: 9, index: 0, bytes: "////" });
    port.receive({ type: "chunk", id: 4, index: 0, bytes: "AQID" });
    await expect.poll(() => port.posted).toEqual([{ type: "result", id: 4, result: "1,2,3" }]);
  });

  it("answers a page with an EIP-1193 error, its reason and the known chains", async () => {
    const port = createPort();
    ports().accept(port, page, ready);
    port.receive({ type: "request", id: 1, method: "fail" });
    await expect
      .poll(() => port.posted)
      .toMatchObject([
        {
          type: "error",
          id: 1,
          error: { code: 4901, data: { reason: "CHAIN_NOT_SUPPORTED", chains: [31337] } },
        },
      ]);
  });

  it("keeps the text of a foreign error to itself", async () => {
    const port = createPort();
    ports().accept(port, { from: "ui" }, ready);
    port.receive({ type: "request", id: 1, name: "break", params: {} });
    await expect
      .poll(() => port.posted)
      .toMatchObject([{ type: "refusal", id: 1, error: { code: "INTERNAL" } }]);
    expect(JSON.stringify(port.posted)).not.toContain("nobody must see");
  });

  it.each([
    {},
    null,
    "text",
    { type: "request" },
    { type: "request", id: 1, method: "x", origin: "https://b.example" },
  ])("closes a Port that breaks its schema: %j", (message) => {
    const port = createPort();
    ports().accept(port, page, ready);
    port.receive(message);
    expect(port.isClosed).toBe(true);
  });

  it("tells a session's page and no other", () => {
    const all = ports();
    const [own, other] = [createPort(), createPort()];
    all.accept(own, page, ready);
    all.accept(other, { ...page, origin: "https://b.example" }, ready);
    all.tellPages(page.origin, { type: "session", session: {} as never });
    expect([own.posted.length, other.posted.length]).toEqual([1, 0]);
  });

  it("closes a Port from anyone it cannot name", () => {
    const port = createPort();
    refusePort(port, new UsageError("SENDER_REFUSED"));
    expect(port.isClosed).toBe(true);
  });
});

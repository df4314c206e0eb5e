import { createServer, type Server } from "node:http";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  buildExtension,
  developmentExtensionId,
  fakeTrust,
  makeFolder,
  openBrowser,
  writeTrust,
} from "./browser.ts";
import { listen, startFakeChain, type FakeChain } from "./fakeChain.ts";

const account = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const page = `<!doctype html><title>dApp</title><script>
  const provider = { request: async ({ method }) => method.endsWith("ccounts") ? ["${account}"] : "0x7a69" };
  addEventListener("eip6963:requestProvider", () => dispatchEvent(new CustomEvent("eip6963:announceProvider",
    { detail: { info: { name: "Test Wallet" }, provider } })));
  window.call = (method, params) => window.openContracts.request({ method, params })
    .then((result) => ({ result }), ({ code, message, data }) => ({ code, message, data }));
</script>`;

interface Called {
  readonly result?: { readonly sessionId: string; readonly phase: string };
  readonly code?: number;
  readonly data?: { readonly reason: string; readonly chains?: readonly number[] };
}

describe("the built extension in Chromium", () => {
  let folder: string;
  let chains: readonly FakeChain[];
  let site: Server;
  let origin: string;
  let context: BrowserContext;
  let dapp: Page;

  beforeAll(async () => {
    folder = await makeFolder("browser");
    chains = [await startFakeChain(), await startFakeChain()];
    const trustFile = await writeTrust(folder, fakeTrust(chains.map(({ url }) => url)));
    await buildExtension(join(folder, "extension"), trustFile);
    site = createServer((request, reply) => {
      reply.setHeader("content-type", "text/html");
      if (request.url === "/sandboxed") reply.setHeader("content-security-policy", "sandbox allow-scripts");
      reply.end(page);
    });
    origin = await listen(site);
    context = await openBrowser(join(folder, "extension"), join(folder, "profile"));
    dapp = await context.newPage();
    await dapp.goto(origin);
  }, 120_000);

  afterAll(async () => {
    await context.close();
    site.close();
    for (const chain of chains) chain.close();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  const call = (method: string, params?: unknown): Promise<Called> =>
    dapp.evaluate(
      ([name, given]) =>
        (window as unknown as { call(m: unknown, p: unknown): Promise<Called> }).call(name, given),
      [method, params] as const,
    );
  const run = (overrides: Record<string, unknown> = {}): Promise<Called> =>
    dapp.evaluate(
      (given) =>
        (window as unknown as { call(m: unknown, p: unknown): Promise<Called> }).call("oc_run", {
          chainId: 31337,
          contract: `0x${"aa".repeat(20)}`,
          function: "buyTokens(address buyer, bytes32 offerId)",
          files: [
            { path: "oracle.py", bytes: new TextEncoder().encode("import opencontracts\n") },
            { path: "data.bin", bytes: new Uint8Array(500_000).fill(7) },
            { path: "domains.txt", bytes: new TextEncoder().encode("fiatpay.example\n") },
          ],
          ...given,
        }),
      overrides,
    );
  const windowOf = async (sessionId: string): Promise<Page> => {
    const isMine = (one: Page): boolean => one.url().endsWith(sessionId);
    return context.pages().find(isMine) ?? context.waitForEvent("page", { predicate: isMine });
  };

  it("gives pages a frozen provider", async () => {
    const found = await dapp.evaluate(() => {
      const { openContracts } = window as unknown as { openContracts: object };
      return [Object.isFrozen(openContracts), Object.keys(openContracts).sort()];
    });
    expect(found).toEqual([true, ["on", "removeListener", "request"]]);
  });

  it("announces itself to a page that asks", async () => {
    const isSame = await dapp.evaluate(
      () =>
        new Promise((resolve) => {
          addEventListener("openContracts:announceProvider", (event) => {
            const { provider } = (event as CustomEvent<{ provider: unknown }>).detail;
            resolve(provider === (window as unknown as { openContracts: unknown }).openContracts);
          });
          dispatchEvent(new Event("openContracts:requestProvider"));
        }),
    );
    expect(isSame).toBe(true);
  });

  it("tells what it is", async () => {
    expect(await call("oc_getInfo")).toMatchObject({
      result: { kind: "development", chains: [{ chainId: 31337 }] },
    });
  });

  it("refuses what it does not know, each with its reason", async () => {
    expect(await call("oc_other")).toMatchObject({ code: 4200, data: { reason: "REQUEST_METHOD_UNKNOWN" } });
    expect(await run({ hub: `0x${"11".repeat(20)}` })).toMatchObject({
      code: -32602,
      data: { reason: "REQUEST_INVALID" },
    });
    expect(await run({ user: account })).toMatchObject({ data: { reason: "REQUEST_INVALID" } });
    expect(await run({ chainId: 1 })).toMatchObject({
      code: 4901,
      data: { reason: "CHAIN_NOT_SUPPORTED", chains: [31337] },
    });
  });

  it("rejects at once in a sandboxed page", async () => {
    const sandboxed = await context.newPage();
    await sandboxed.goto(`${origin}/sandboxed`);
    const answer = await sandboxed.evaluate(() =>
      (window as unknown as { call(m: string): Promise<Called> }).call("oc_getInfo"),
    );
    expect(answer).toMatchObject({ code: 4900, data: { reason: "PAGE_OPAQUE_ORIGIN" } });
    await sandboxed.close();
  });

  it("asks the person with facts, and takes a no", async () => {
    const { result } = await run({ clientRequestId: "first" });
    const again = await run({ clientRequestId: "first" });
    expect(again.result?.sessionId).toBe(result?.sessionId);
    const consent = await windowOf(result?.sessionId ?? "");
    await consent.getByTestId("account-is-mine").check();
    await consent.getByTestId("choose-account").click();
    await consent.getByTestId("consent-account").waitFor();
    expect(await consent.getByTestId("consent-domains").textContent()).toBe("fiatpay.example");
    expect(await consent.getByTestId("consent-chain-check").textContent()).toContain(
      "allows exactly this script",
    );
    await consent.locator('[data-testid="approve"]:not([disabled])').waitFor();
    await consent.evaluate(() => {
      // A click that a script makes is not a person's.
      document.querySelector<HTMLButtonElement>('[data-testid="approve"]')?.click();
    });
    expect(await consent.getByTestId("session").getAttribute("data-phase")).toBe("consent");
    await consent.getByTestId("deny").click();
    await consent.getByTestId("ended").waitFor();
    expect(await call("oc_getSession", { sessionId: result?.sessionId })).toMatchObject({
      result: { phase: "failed", error: { reason: "SESSION_DENIED" } },
    });
    await consent.close();
  });

  it("counts a closed window as a no", async () => {
    const { result } = await run();
    const consent = await windowOf(result?.sessionId ?? "");
    await consent.getByTestId("consent").waitFor();
    await consent.close();
    await expect
      .poll(() => call("oc_getSession", { sessionId: result?.sessionId }), { timeout: 10_000 })
      .toMatchObject({ result: { error: { reason: "SESSION_DENIED" } } });
  });

  it("approves by a person's click, and fails cleanly where there is no enclave", async () => {
    const { result } = await run();
    const consent = await windowOf(result?.sessionId ?? "");
    await consent.getByTestId("choose-account").click();
    await consent.getByTestId("approve").click();
    await consent.getByTestId("ended").waitFor();
    expect(await consent.getByTestId("error-code").textContent()).toMatch(/^(CHAIN|SESSION)_/);
    await consent.close();
  });

  it("ends a session whose worker was killed, with a code of its own", async () => {
    const { result } = await run();
    const consent = await windowOf(result?.sessionId ?? "");
    await consent.getByTestId("consent").waitFor();
    const devtools = await context.newCDPSession(dapp);
    await devtools.send("ServiceWorker.enable");
    await devtools.send("ServiceWorker.stopAllWorkers");
    await expect
      .poll(() => call("oc_getSession", { sessionId: result?.sessionId }), { timeout: 15_000 })
      .toMatchObject({ result: { phase: "failed", error: { reason: "SESSION_WORKER_RESTARTED" } } });
    await consent.close();
  });

  it("shows the toolbar popup and keeps a phrase", async () => {
    const popup = await context.newPage();
    await popup.goto(`chrome-extension://${developmentExtensionId}/extension/popup/popup.html`);
    await popup.getByTestId("home").waitFor();
    expect(await popup.getByTestId("simulated-banner").isVisible()).toBe(true);
    await popup.getByTestId("open-phrase").click();
    await popup.getByTestId("phrase-input").fill("seven kites");
    await popup.getByTestId("phrase-save").click();
    await expect.poll(() => popup.getByTestId("phrase").textContent()).toBe("seven kites");
    await popup.close();
  });
});

import { encodeAbiParameters, encodeEventTopics } from "viem";
import { expect } from "vitest";
import { hubAbi } from "#protocol/abi/hub.ts";
import type { SessionView } from "#messages/view.ts";
import {
  createFakeBrowser,
  sentTransaction,
  UiRefusal,
  type FakeBrowser,
  type FakePage,
} from "../platform/fakeBrowser.ts";
import { chainId, createWorld, functionSignature, hub, target, user, type World } from "../session/world.ts";

/** How long a test waits for what must happen, ms. */
export const waits = { timeout: 20_000, interval: 10 };

/** The code that a request of our own pages is refused with, or "done". */
export const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof UiRefusal ? error.view.code : String(error)),
  );

/** A worker in a small whole world, and the steps of a person and a page in it. */
export interface Journey {
  readonly world: World;
  readonly browser: FakeBrowser;
  readonly page: FakePage;
  readonly params: () => Record<string, unknown>;
  readonly contents: () => Uint8Array[];
  readonly run: (more?: Record<string, unknown>) => Promise<string>;
  readonly view: (sessionId: string) => Promise<SessionView>;
  readonly settled: (sessionId: string) => Promise<void>;
  readonly approve: (sessionId: string) => Promise<void>;
  readonly untilPhase: (sessionId: string, phase: string) => Promise<void>;
  readonly toResult: () => Promise<string>;
  readonly mine: (digest: string, change?: object) => void;
  readonly submit: (sessionId: string, change?: object) => Promise<void>;
  readonly funds: (change: object) => void;
}

/** Opens the world, with an account that can pay. */
export async function openJourney(): Promise<Journey> {
  const world = await createWorld();
  const browser = createFakeBrowser(world, user);
  const page = browser.page();
  world.chain.oracleRecord = async () => ({ provider: `0x${"0".repeat(40)}`, notAfter: 0, revoked: false });
  world.chain.funds = async () => ({
    opn: `0x${"0b".repeat(20)}`,
    opnWei: 1_000n,
    allowanceWei: 1_000n,
    creditWei: 0n,
    ethWei: 10n ** 18n,
  });
  const params = (): Record<string, unknown> => ({
    chainId,
    contract: target,
    function: functionSignature,
    files: world.request.files.map(({ path, bytes }) => ({ path, size: bytes.length })),
    value: "5",
    maxPayment: "100",
  });
  const contents = (): Uint8Array[] => world.request.files.map(({ bytes }) => bytes);
  const run = async (more: Record<string, unknown> = {}): Promise<string> =>
    String((await page.call("oc_run", { ...params(), ...more }, contents())).sessionId);
  const view = (sessionId: string): Promise<SessionView> => browser.ui("getSession", { sessionId });
  const settled = async (sessionId: string): Promise<void> => {
    await expect.poll(async () => (await view(sessionId)).consent?.chainCheck, waits).toBe("allowed");
    await expect.poll(async () => (await view(sessionId)).consent?.accounts.status, waits).not.toBe("asking");
  };
  const approve = async (sessionId: string): Promise<void> => {
    await settled(sessionId);
    await browser.ui("chooseAccount", { sessionId, account: user, confirmedNew: true });
    const approvalId = (await view(sessionId)).consent?.approvalId ?? "";
    await browser.ui("approve", { sessionId, approvalId });
  };
  const untilPhase = (sessionId: string, phase: string): Promise<void> =>
    expect.poll(async () => (await view(sessionId)).phase, waits).toBe(phase);
  const toResult = async (): Promise<string> => {
    const sessionId = await run();
    await approve(sessionId);
    await untilPhase(sessionId, "result");
    return sessionId;
  };
  /** The chain learns of what the wallet sent, with `change` made to it on the way. */
  const mine = (digest: string, change: object = {}): void => {
    const sent = sentTransaction(browser.wallet);
    world.chain.findTransaction = async () => (sent === undefined ? undefined : { ...sent, ...change });
    const topics = encodeEventTopics({
      abi: hubAbi,
      eventName: "Submitted",
      args: { target, user, oracleHash: world.request.oracleHash },
    });
    const data = encodeAbiParameters(
      [{ type: "address" }, { type: "bytes32" }, { type: "uint256" }, { type: "uint256" }],
      [world.oracle.signer.address, digest as `0x${string}`, 72n, 12n],
    );
    world.chain.findReceipt = async () => ({
      status: "success",
      blockNumber: 9n,
      gasUsed: 80_000n,
      logs: [{ address: hub, topics: topics as [`0x${string}`], data }],
    });
  };
  const submit = async (sessionId: string, change: object = {}): Promise<void> => {
    const digest = (await view(sessionId)).result?.walletShows.digest ?? "";
    world.chain.findTransaction = async () => {
      mine(digest, change);
      return world.chain.findTransaction(`0x${"5e".repeat(32)}`);
    };
    await browser.ui("submit", { sessionId });
  };

  const funds = (change: object): void => {
    const before = world.chain.funds;
    world.chain.funds = async (account) => ({ ...(await before(account)), ...change });
  };
  const steps = { params, contents, run, view, settled, approve, untilPhase, toResult, mine, submit, funds };
  return { world, browser, page, ...steps };
}

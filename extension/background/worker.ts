import type { TrustConfig } from "#protocol/trust/config.ts";
import type { ByteStream } from "#protocol/byteStream.ts";
import { createApprovals, type Approvals } from "./approvals.ts";
import type { ChainReader } from "./chain/reader.ts";
import { createPageRoutes } from "./pageRoutes.ts";
import type { Pages } from "./platform/pages.ts";
import type { KeyValueStore } from "./platform/storage.ts";
import type { SessionWindows } from "./platform/windows.ts";
import { Ports } from "./ports.ts";
import { createResults, purgeResults } from "./results.ts";
import type { SessionPorts } from "./session/ports.ts";
import { runSession } from "./session/run.ts";
import { createAccounts } from "./sessions/accounts.ts";
import { createUseCounter, type UseCounter } from "./sessions/create.ts";
import type { LiveSession } from "./sessions/live.ts";
import { Sessions } from "./sessions/sessions.ts";
import { createStubs } from "./sessions/stubs.ts";
import { readHome, readPageSession, type SessionSources } from "./sessions/views.ts";
import { Submissions } from "./submission/submissions.ts";
import { createUiRoutes } from "./uiRoutes.ts";
import { createTabWallet } from "./wallet/tabWallet.ts";

/** Everything the worker needs of the browser. */
export interface WorkerOptions {
  readonly trust: TrustConfig;
  readonly version: string;
  readonly local: KeyValueStore;
  readonly session: KeyValueStore;
  readonly windows: SessionWindows;
  readonly pages: Pages;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly random: (length: number) => Uint8Array;
  readonly sleep: (ms: number) => Promise<void>;
  /** The reader of one chain that the build knows. */
  readonly chain: (chainId: number) => ChainReader;
  readonly connect: (url: string) => Promise<ByteStream>;
  readonly setBadge: (count: number) => Promise<void>;
}

/** The worker's object graph. */
export interface Worker {
  readonly ports: Ports;
  /** Ends what a former worker left running, follows what it had sent, forgets what is old. */
  restore(): Promise<void>;
}

/** Who is told that a session changed; set once everything stands. */
interface News {
  tell: (sessionId: string, live?: LiveSession) => Promise<void>;
}

/** Builds the object graph. Opens nothing. */
export function createWorker(options: WorkerOptions): Worker {
  const { local, session, windows, nowMs, newId, trust } = options;
  const news: News = { tell: () => Promise.resolve() };
  const approvals = createApprovals(session, { nowMs, newId });
  const uses = createUseCounter(local);
  const sources = createSources(options, { approvals, uses, news });
  const create = { trust, approvals, uses, newId, nowMs };
  const changed = (): void => void news.tell("");
  const ports = new Ports(
    {
      ...createPageRoutes({ sources, create, windows, trust, version: options.version }),
      ...createUiRoutes({ sources, windows, local, version: options.version, changed }),
    },
    trust.chains.map(({ chainId }) => chainId),
  );
  news.tell = (sessionId, live) => tellAll(sources, { ports, setBadge: options.setBadge, sessionId, live });
  windows.onClosed((sessionId) => void sources.sessions.deny(sessionId));
  return { ports, restore: () => restore(sources).then(() => news.tell("")) };
}

interface Shared {
  readonly approvals: Approvals;
  readonly uses: UseCounter;
  readonly news: News;
}

function createSources(options: WorkerOptions, { approvals, uses, news }: Shared): SessionSources {
  const { trust, local, session, pages, nowMs, chain } = options;
  const wallet = createTabWallet(pages);
  const stubs = createStubs(session);
  const results = createResults(local);
  const sessions = new Sessions({
    approvals,
    accounts: createAccounts(wallet, local),
    pages,
    nowMs,
    isAllowed: ({ chainId, target, selector, oracleHash }) =>
      chain(chainId).isAllowed(target, selector, oracleHash),
    run: (request, listener, cancel) =>
      runSession(request, { ports: createSessionPorts(options, chain(request.chainId)), listener, cancel }),
    store: (result) => results.add(result),
    countUse: ({ request }) => uses.add(request.chainId, request.target),
    changed: (live) => void stubs.write(live).then(() => news.tell(live.sessionId, live)),
  });
  const clock = { nowMs, sleep: options.sleep };
  const changed = (sessionId: string): void => void news.tell(sessionId);
  const submissions = new Submissions({ results, wallet, pages, clock, chain, changed });
  return { sessions, results, submissions, stubs, trust, nowMs };
}

function createSessionPorts(
  { trust, nowMs, random, connect }: WorkerOptions,
  chain: ChainReader,
): SessionPorts {
  return { connect, chain, trust, nowMs, random, deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs) };
}

/** Tells the session's page, all pages of ours, and the badge. */
async function tellAll(
  sources: SessionSources,
  told: {
    readonly ports: Ports;
    readonly setBadge: (count: number) => Promise<void>;
    readonly sessionId: string;
    readonly live: LiveSession | undefined;
  },
): Promise<void> {
  const { ports, setBadge, sessionId, live } = told;
  ports.tellUi({ type: "changed" });
  const origin = live?.page.origin ?? (await sources.results.find(sessionId))?.origin;
  if (origin !== undefined) {
    ports.tellPages(origin, { type: "session", session: await readPageSession(sources, sessionId, origin) });
  }
  const { running, unsent } = await readHome(sources);
  await setBadge(running.length + unsent.length);
}

async function restore({ stubs, results, submissions, nowMs }: SessionSources): Promise<void> {
  await stubs.endAbandoned();
  await purgeResults(results, nowMs());
  for (const { sessionId } of await results.list()) void submissions.follow(sessionId);
}

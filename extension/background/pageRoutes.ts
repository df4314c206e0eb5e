import { TransportError, UsageError } from "#protocol/errors.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { pageSchemas, type PageSession, type RunParams } from "#messages/page.ts";
import type { SessionWindows } from "./platform/windows.ts";
import type { StoredResult } from "./results.ts";
import { pageRoute, type Routes } from "./router.ts";
import type { PageSender } from "./sender.ts";
import { encodeResultRecord } from "./session/resultRecord.ts";
import { checkRunParams, createLive, type CreateOptions } from "./sessions/create.ts";
import { countOpen, readPageSession, type SessionSources } from "./sessions/views.ts";

/** Open sessions that one origin may have at a time. */
const maxOpenPerOrigin = 3;
/** How long a page may take to hand over its folder, ms. */
const uploadMs = 60_000;

/** What the page's methods need from the rest of the worker. */
export interface PageRoutesOptions {
  readonly sources: SessionSources;
  readonly create: CreateOptions;
  readonly windows: SessionWindows;
  readonly trust: TrustConfig;
  readonly version: string;
}

/** The methods of `window.openContracts`. */
export function createPageRoutes(options: PageRoutesOptions): Routes {
  const { sources, windows } = options;
  const ownSession = (sessionId: string, sender: PageSender): Promise<PageSession> =>
    readPageSession(sources, sessionId, sender.origin);
  return {
    oc_getInfo: pageRoute(pageSchemas.oc_getInfo, async () => readInfo(options)),
    // Connecting tells a page no more than that it is heard; consent is asked for each run.
    oc_connect: pageRoute(pageSchemas.oc_connect, async () => ({ chainIds: chainIds(options.trust) })),
    oc_run: pageRoute(pageSchemas.oc_run, createRun(options)),
    oc_getSession: pageRoute(pageSchemas.oc_getSession, ({ sessionId }, sender) =>
      ownSession(sessionId, sender),
    ),
    oc_cancel: pageRoute(pageSchemas.oc_cancel, async ({ sessionId }, sender) => {
      await ownSession(sessionId, sender);
      if (sources.sessions.find(sessionId) !== undefined) await sources.sessions.cancel(sessionId);
      return ownSession(sessionId, sender);
    }),
    oc_submit: pageRoute(pageSchemas.oc_submit, async ({ sessionId }, sender) => {
      const session = await ownSession(sessionId, sender);
      if ((await sources.results.find(sessionId)) === undefined) throw new UsageError("SESSION_UNKNOWN");
      await windows.show(sessionId);
      return session;
    }),
    oc_getReceipt: pageRoute(pageSchemas.oc_getReceipt, async ({ sessionId }, sender) => {
      await ownSession(sessionId, sender);
      return readReceipt(await sources.results.find(sessionId));
    }),
  };
}

function chainIds(trust: TrustConfig): readonly number[] {
  return trust.chains.map(({ chainId }) => chainId);
}

function readInfo({ trust, version }: PageRoutesOptions): unknown {
  return {
    version,
    kind: trust.kind,
    methods: Object.keys(pageSchemas),
    chains: trust.chains.map(({ chainId, name, hub }) => ({ chainId, name, hub })),
  };
}

type RunHandler = (params: RunParams, sender: PageSender) => Promise<PageSession>;

/** Starts a session, or names the one that the same request has already started. */
function createRun({ sources, create, windows, trust }: PageRoutesOptions): RunHandler {
  const pending = new Map<string, Promise<PageSession>>();
  const start: RunHandler = async (params, sender) => {
    checkRunParams(params, trust);
    if (countOpen(sources.sessions, sender.origin) >= maxOpenPerOrigin) {
      throw new TransportError("REQUEST_TOO_MANY");
    }
    const files = await sender.upload.receive(params.files, uploadMs);
    const live = await createLive(sender, { params, files }, create);
    sources.sessions.begin(live);
    await windows.show(live.sessionId);
    return readPageSession(sources, live.sessionId, sender.origin);
  };
  return async (params, sender) => {
    if (params.clientRequestId === undefined) return start(params, sender);
    const key = JSON.stringify([sender.origin, params.clientRequestId]);
    const known = pending.get(key) ?? findByRequest(sources, sender.origin, params.clientRequestId);
    const started = (async () => (await known) ?? start(params, sender))();
    pending.set(key, started);
    return started.finally(() => pending.delete(key));
  };
}

async function findByRequest(
  sources: SessionSources,
  origin: string,
  clientRequestId: string,
): Promise<PageSession | undefined> {
  const isSame = (one: { readonly clientRequestId: string | null }): boolean =>
    one.clientRequestId === clientRequestId;
  const live = sources.sessions.list().find((one) => one.page.origin === origin && isSame(one));
  const stored = (await sources.results.list()).find((one) => one.origin === origin && isSame(one));
  const stub = (await sources.stubs.list()).find((one) => one.origin === origin && isSame(one.session));
  const sessionId = live?.sessionId ?? stored?.sessionId ?? stub?.session.sessionId;
  return sessionId === undefined ? undefined : readPageSession(sources, sessionId, origin);
}

/**
 * Evidence of a confirmed result that anyone can verify again: document, certificate, signatures, transaction.
 * @throws TransportError RECEIPT_NOT_READY
 */
function readReceipt(result: StoredResult | undefined): unknown {
  if (result === undefined || result.sent === null || result.confirmed === null) {
    throw new TransportError("RECEIPT_NOT_READY");
  }
  const { confirmed, sent, verified } = result;
  return {
    ...encodeResultRecord(verified),
    digest: verified.digest,
    transactionHash: sent.hash,
    blockNumber: confirmed.blockNumber.toString(),
    gasUsed: confirmed.gasUsed.toString(),
  };
}

import { UsageError } from "#protocol/errors.ts";
import { codes } from "#protocol/codes/index.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import type { PageSession } from "#messages/page.ts";
import { isRunning } from "#messages/phase.ts";
import type { HomeView, SessionView, SummaryView } from "#messages/view.ts";
import { isUnsent, type Results, type StoredResult } from "../results.ts";
import { chainOf } from "../session/request.ts";
import { phaseOf, resultView } from "../submission/resultView.ts";
import type { Submissions } from "../submission/submissions.ts";
import { consentFacts, consentView } from "./consentFacts.ts";
import { errorOf, pageSessionOf, type LiveSession } from "./live.ts";
import type { Sessions } from "./sessions.ts";
import type { SessionStubs } from "./stubs.ts";

/** Where a session can be found: in this worker, in storage as a result, or as a stub of what it was. */
export interface SessionSources {
  readonly sessions: Sessions;
  readonly results: Results;
  readonly submissions: Submissions;
  readonly stubs: SessionStubs;
  readonly trust: TrustConfig;
  readonly nowMs: () => number;
}

/** What a page may know of its own session. @throws UsageError SESSION_UNKNOWN, also for another origin's */
export async function readPageSession(
  sources: SessionSources,
  sessionId: string,
  origin: string,
): Promise<PageSession> {
  const live = sources.sessions.find(sessionId);
  const result = await sources.results.find(sessionId);
  if (result?.origin === origin) return pageSessionOfResult(sources, result);
  if (live?.page.origin === origin) return pageSessionOf(live);
  const stub = await sources.stubs.find(sessionId);
  if (stub?.origin !== origin) throw new UsageError("SESSION_UNKNOWN");
  return stub.session;
}

/** A page's session that has come to its result. */
export function pageSessionOfResult({ submissions }: SessionSources, result: StoredResult): PageSession {
  const { sessionId, clientRequestId, sent } = result;
  const state = submissions.state(sessionId);
  const error = state.error ?? state.issue?.error ?? null;
  return {
    sessionId,
    clientRequestId,
    phase: phaseOf(result, state),
    needsInput: result.confirmed === null && sent === null,
    error: error === null ? null : { reason: error.code, action: error.action, message: error.sentence },
    transactionHash: sent?.hash ?? null,
  };
}

/** Everything a session's window shows. @throws UsageError SESSION_UNKNOWN */
export async function readSessionView(sources: SessionSources, sessionId: string): Promise<SessionView> {
  const { sessions, results, submissions, trust, nowMs } = sources;
  const live = sessions.find(sessionId);
  const stored = await results.find(sessionId);
  const base = live === undefined ? await restoredView(sources, sessionId, stored) : liveView(sources, live);
  if (stored === undefined) return base;
  const state = submissions.state(sessionId);
  const result = resultView(stored, state, { trust, nowMs: nowMs() });
  return { ...base, phase: phaseOf(stored, state), result };
}

function liveView({ trust }: SessionSources, live: LiveSession): SessionView {
  const chain = chainOf(trust, live.request.chainId);
  const facts = consentFacts(live, chain, trust.kind === "development");
  const [prompt] = live.prompts;
  return {
    sessionId: live.sessionId,
    origin: live.page.origin,
    phase: live.state.phase,
    consent: live.state.phase === "consent" ? consentView(live, facts) : null,
    steps: live.steps,
    lines: live.lines,
    prompt:
      prompt === undefined ? null : { promptId: prompt.promptId, text: prompt.text, secret: prompt.secret },
    delay: live.delay,
    deadlineMs: "deadlineMs" in live.state ? live.state.deadlineMs : null,
    error: errorOf(live),
    result: null,
  };
}

const nothingShown = {
  consent: null,
  steps: [],
  lines: [],
  prompt: null,
  delay: null,
  deadlineMs: null,
} as const;

/** A session of a worker that is gone. */
async function restoredView(
  { stubs }: SessionSources,
  sessionId: string,
  stored: StoredResult | undefined,
): Promise<SessionView> {
  const stub = await stubs.find(sessionId);
  const origin = stored?.origin ?? stub?.origin;
  if (origin === undefined) throw new UsageError("SESSION_UNKNOWN");
  const met = stub?.session.error ?? null;
  const error =
    met === null ? null : { code: met.reason, action: met.action, sentence: codes[met.reason].sentence };
  const phase = stub?.session.phase ?? "result";
  return { ...nothingShown, sessionId, origin, phase, error, result: null };
}

/** The toolbar popup: what runs, and what waits to be sent. */
export async function readHome({ sessions, results, submissions }: SessionSources): Promise<HomeView> {
  const running = sessions.list().filter(({ state }) => isRunning(state.phase));
  const unsent = (await results.list()).filter(isUnsent);
  return {
    running: running.map(summaryOfLive),
    unsent: unsent.map((result) => summaryOfResult(result, submissions)),
  };
}

function summaryOfLive(live: LiveSession): SummaryView {
  return {
    sessionId: live.sessionId,
    origin: live.page.origin,
    contract: live.request.target,
    functionName: live.call.name,
    phase: live.state.phase,
    needsInput: live.prompts.length > 0 || live.state.phase === "consent",
    deadlineMs: "deadlineMs" in live.state ? live.state.deadlineMs : null,
  };
}

function summaryOfResult(result: StoredResult, submissions: Submissions): SummaryView {
  const { sessionId, origin, verified } = result;
  return {
    sessionId,
    origin,
    contract: verified.call.target,
    functionName: verified.call.functionSignature.split("(", 1)[0] ?? "",
    phase: phaseOf(result, submissions.state(sessionId)),
    needsInput: result.sent === null,
    deadlineMs: verified.result.deadline * 1_000,
  };
}

/** How many sessions of an origin are still open. */
export function countOpen(sessions: Sessions, origin: string): number {
  return sessions.list().filter(({ page, state }) => page.origin === origin && isRunning(state.phase)).length;
}

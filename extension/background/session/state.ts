import type { Hex } from "#protocol/bytes.ts";
import { codes, type ErrorCode } from "#protocol/codes/index.ts";
import { InternalError, type WireError } from "#protocol/errors.ts";
import { sessionTimeouts } from "./limits.ts";

/** Where a session stands. Times are milliseconds since 1970; at `deadlineMs` a tick ends the wait. */
export type SessionState =
  | { readonly phase: "consent" | "connecting" | "attesting" | "uploading"; readonly deadlineMs: number }
  | { readonly phase: "running"; readonly deadlineMs: number; readonly openPrompts: number }
  | ResultState
  | { readonly phase: "wallet"; readonly deadlineMs: number; readonly resultDeadlineMs: number }
  | {
      readonly phase: "broadcast";
      readonly deadlineMs: number;
      readonly resultDeadlineMs: number;
      readonly transaction: Hex;
    }
  | { readonly phase: "confirmed"; readonly transaction: Hex }
  | { readonly phase: "cancelled" }
  | { readonly phase: "failed"; readonly error: WireError };

/** A verified result waits for the person; `problem` is why the last attempt to submit it came to nothing. */
interface ResultState {
  readonly phase: "result";
  readonly deadlineMs: number;
  readonly problem?: WireError;
}

/** What can happen, and when it did. */
export type SessionEvent = { readonly atMs: number } & (
  | { readonly type: "approved" | "denied" | "attesting" | "uploading" | "running" | "asked" | "answered" }
  | { readonly type: "resultVerified"; readonly resultDeadlineMs: number }
  | { readonly type: "submitApproved" }
  | { readonly type: "broadcast"; readonly transaction: Hex }
  | { readonly type: "submitFailed"; readonly error: WireError }
  | { readonly type: "confirmed" }
  | { readonly type: "cancelled" }
  | { readonly type: "failed"; readonly error: WireError }
  | { readonly type: "tick" }
);

/** The name of a place in a session's life. */
export type Phase = SessionState["phase"];

type StateOf<P extends Phase> = Extract<SessionState, { readonly phase: P }>;
type Handler<S> = (state: S, event: SessionEvent) => SessionState;

/** A session at its beginning. */
export function createSessionState(nowMs: number): SessionState {
  return { phase: "consent", deadlineMs: nowMs + sessionTimeouts.consentMs };
}

/** True where nothing more can happen. */
export function isOver({ phase }: SessionState): boolean {
  return phase === "confirmed" || phase === "cancelled" || phase === "failed";
}

/** True where the script waits for the person. */
export function needsInput(state: SessionState): boolean {
  return state.phase === "running" && state.openPrompts > 0;
}

function unknown(state: SessionState, event: SessionEvent): never {
  throw new InternalError("INTERNAL", { expected: `an event of ${state.phase}`, actual: event.type });
}

function errorOf(code: ErrorCode): WireError {
  return { code, action: codes[code].action };
}

function failure(code: ErrorCode): SessionState {
  return { phase: "failed", error: errorOf(code) };
}

function running(atMs: number): SessionState {
  return { phase: "running", deadlineMs: atMs + sessionTimeouts.runningMs, openPrompts: 0 };
}

/** What may happen at any time before there is a result. */
function common(state: SessionState, event: SessionEvent): SessionState {
  if (event.type === "cancelled") return { phase: "cancelled" };
  if (event.type === "failed") return { phase: "failed", error: event.error };
  return unknown(state, event);
}

const inConsent: Handler<SessionState> = (state, event) => {
  if (event.type === "approved") {
    return { phase: "connecting", deadlineMs: event.atMs + sessionTimeouts.connectingMs };
  }
  if (event.type === "denied") return failure("SESSION_DENIED");
  return common(state, event);
};

const inConnecting: Handler<SessionState> = (state, event) => {
  if (event.type !== "attesting") return common(state, event);
  return { phase: "attesting", deadlineMs: event.atMs + sessionTimeouts.connectingMs };
};

const inAttesting: Handler<SessionState> = (state, event) => {
  if (event.type !== "uploading") return common(state, event);
  return { phase: "uploading", deadlineMs: event.atMs + sessionTimeouts.uploadMs };
};

const inUploading: Handler<SessionState> = (state, event) =>
  event.type === "running" ? running(event.atMs) : common(state, event);

const inRunning: Handler<StateOf<"running">> = (state, event) => {
  if (event.type === "asked") return { ...state, openPrompts: state.openPrompts + 1 };
  if (event.type === "answered" && state.openPrompts > 0)
    return { ...state, openPrompts: state.openPrompts - 1 };
  if (event.type === "resultVerified") return { phase: "result", deadlineMs: event.resultDeadlineMs };
  return common(state, event);
};

const inResult: Handler<ResultState> = (state, event) => {
  if (event.type === "cancelled") return { phase: "cancelled" };
  if (event.type !== "submitApproved") return unknown(state, event);
  const deadlineMs = event.atMs + sessionTimeouts.walletMs;
  return { phase: "wallet", deadlineMs, resultDeadlineMs: state.deadlineMs };
};

const inWallet: Handler<StateOf<"wallet">> = (state, event) => {
  const { resultDeadlineMs } = state;
  if (event.type === "submitFailed")
    return { phase: "result", deadlineMs: resultDeadlineMs, problem: event.error };
  if (event.type !== "broadcast") return unknown(state, event);
  const { transaction, atMs } = event;
  return {
    phase: "broadcast",
    transaction,
    deadlineMs: atMs + sessionTimeouts.broadcastMs,
    resultDeadlineMs,
  };
};

const inBroadcast: Handler<StateOf<"broadcast">> = (state, event) => {
  if (event.type === "confirmed") return { phase: "confirmed", transaction: state.transaction };
  if (event.type !== "submitFailed") return unknown(state, event);
  return { phase: "result", deadlineMs: state.resultDeadlineMs, problem: event.error };
};

/** The end of a wait. A result is never lost with the wallet or the transaction that was to carry it. */
function expire(state: SessionState): SessionState {
  switch (state.phase) {
    case "consent":
    case "connecting":
    case "attesting":
    case "uploading":
    case "running":
      return failure("SESSION_TIMEOUT");
    case "result":
      return failure("RESULT_EXPIRED");
    case "wallet":
    case "broadcast":
      return {
        phase: "result",
        deadlineMs: state.resultDeadlineMs,
        problem: errorOf("SESSION_TIMEOUT"),
      };
    case "confirmed":
    case "cancelled":
    case "failed":
      return state;
  }
}

type Running = Exclude<
  SessionState,
  StateOf<"result" | "wallet" | "broadcast" | "confirmed" | "cancelled" | "failed">
>;

function hasNoResult(state: SessionState): state is Running {
  return ["consent", "connecting", "attesting", "uploading", "running"].includes(state.phase);
}

/** From a verified result to its place on the chain. */
function afterResult(state: Exclude<SessionState, Running>, event: SessionEvent): SessionState {
  switch (state.phase) {
    case "result":
      return inResult(state, event);
    case "wallet":
      return inWallet(state, event);
    case "broadcast":
      return inBroadcast(state, event);
    case "confirmed":
    case "cancelled":
    case "failed":
      return unknown(state, event);
  }
}

function isDue(state: SessionState, nowMs: number): boolean {
  return "deadlineMs" in state && nowMs >= state.deadlineMs;
}

/** From the person's question to a verified result. */
function beforeResult(state: Running, event: SessionEvent): SessionState {
  switch (state.phase) {
    case "consent":
      return inConsent(state, event);
    case "connecting":
      return inConnecting(state, event);
    case "attesting":
      return inAttesting(state, event);
    case "uploading":
      return inUploading(state, event);
    case "running":
      return inRunning(state, event);
  }
}

/**
 * The next state. Pure: the clock is in the events.
 * @throws InternalError INTERNAL for an event that cannot happen in this state
 */
export function reduceSession(state: SessionState, event: SessionEvent): SessionState {
  if (event.type === "tick") return isDue(state, event.atMs) ? expire(state) : state;
  return hasNoResult(state) ? beforeResult(state, event) : afterResult(state, event);
}

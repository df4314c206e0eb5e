import type { Address } from "#protocol/bytes.ts";
import { decodeError } from "#protocol/errors.ts";
import type { PageSession } from "#messages/page.ts";
import type { AccountsView, DelayView, ErrorView, LineView, StepView } from "#messages/view.ts";
import { toErrorView } from "../errorView.ts";
import type { FunctionSignature } from "#protocol/submission.ts";
import type { PageSender } from "../sender.ts";
import type { SessionRequest } from "../session/request.ts";
import type { SessionState } from "../session/state.ts";

/** A question that waits for its answer. */
export interface OpenPrompt {
  readonly promptId: number;
  readonly text: string;
  readonly secret: boolean;
  readonly answer: (text: string) => void;
}

/**
 * One session while this worker lives. Keys, folder, prompts and answers exist here alone and are never stored, so a
 * worker that was stopped cannot go on with it.
 */
export interface LiveSession {
  readonly sessionId: string;
  readonly clientRequestId: string | null;
  readonly page: PageSender;
  /** All but the account, which the person chooses. */
  readonly request: Omit<SessionRequest, "user">;
  readonly call: FunctionSignature;
  readonly timesUsed: number;
  readonly controller: AbortController;
  state: SessionState;
  approval: { readonly approvalId: string; readonly expiresAtMs: number };
  isAllowedOnChain: boolean;
  accounts: AccountsView;
  account: Address | null;
  readonly steps: StepView[];
  readonly lines: LineView[];
  readonly prompts: OpenPrompt[];
  delay: DelayView | null;
  /** Of a script that failed: where in its own files. */
  traceback?: string;
}

/** Why a session failed; null where it did not. */
export function errorOf({ state, traceback }: LiveSession): ErrorView | null {
  if (state.phase !== "failed") return null;
  const view = toErrorView(decodeError(state.error));
  return traceback === undefined ? view : { ...view, traceback };
}

/** What a page may know of a live session. */
export function pageSessionOf(live: LiveSession): PageSession {
  const { sessionId, clientRequestId, state } = live;
  const error = errorOf(live);
  return {
    sessionId,
    clientRequestId,
    phase: state.phase,
    needsInput: live.prompts.length > 0,
    error: error === null ? null : { reason: error.code, action: error.action, message: error.sentence },
    transactionHash: null,
  };
}

import type { Address } from "#protocol/bytes.ts";
import { DeniedError, encodeError, UntrustedError, UsageError } from "#protocol/errors.ts";
import type { Approvals } from "../approvals.ts";
import { toErrorView } from "../errorView.ts";
import type { Pages } from "../platform/pages.ts";
import type { StoredResult } from "../results.ts";
import type { SessionRequest } from "../session/request.ts";
import type { SessionListener } from "../session/listener.ts";
import type { VerifiedResult } from "../session/result.ts";
import { isOver, reduceSession, type SessionEvent } from "../session/state.ts";
import { checkAnswer } from "./answerCheck.ts";
import type { Accounts } from "./accounts.ts";
import { createListener } from "./listener.ts";
import type { LiveSession } from "./live.ts";

/** What the sessions need from the rest of the worker. */
export interface SessionsOptions {
  readonly approvals: Approvals;
  readonly accounts: Accounts;
  readonly pages: Pages;
  readonly nowMs: () => number;
  /** True where the contract allows the script, by the chain. */
  readonly isAllowed: (request: LiveSession["request"]) => Promise<boolean>;
  readonly run: (
    request: SessionRequest,
    listener: SessionListener,
    cancel: AbortSignal,
  ) => Promise<VerifiedResult>;
  /** Called with a signed result before anything else happens. */
  readonly store: (result: StoredResult) => Promise<void>;
  /** Counts an approved use of a contract. */
  readonly countUse: (live: LiveSession) => Promise<void>;
  /** Called after every change of a session. */
  readonly changed: (live: LiveSession) => void;
}

type WithoutTime<E> = E extends unknown ? Omit<E, "atMs"> : never;
type UntimedEvent = WithoutTime<SessionEvent>;

/** The sessions that run in this worker, each from the person's question to its signed result. */
export class Sessions {
  readonly #live = new Map<string, LiveSession>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  list(): readonly LiveSession[] {
    return [...this.#live.values()];
  }

  find(sessionId: string): LiveSession | undefined {
    return this.#live.get(sessionId);
  }

  /** The person threw the result away: the session ends as cancelled. */
  discard(sessionId: string): void {
    const live = this.#live.get(sessionId);
    if (live?.state.phase === "result") this.#happened(live, { type: "cancelled" });
  }

  /** Takes up a request: asks the chain about the script and the wallet for accounts, while the person reads. */
  begin(live: LiveSession): void {
    this.#live.set(live.sessionId, live);
    this.#options.changed(live);
    void this.#checkScript(live);
    void this.askAccounts(live.sessionId);
    this.#watchDeadline(live);
  }

  /** Asks the tab's wallet for accounts; how that went stands in the consent page. */
  async askAccounts(sessionId: string): Promise<void> {
    const live = this.#require(sessionId);
    live.accounts = { status: "asking" };
    this.#options.changed(live);
    try {
      live.accounts = { status: "listed", ...(await this.#options.accounts.ask(live.page)) };
    } catch (error) {
      live.accounts = { status: "missing", error: toErrorView(error) };
    }
    this.#options.changed(live);
  }

  /**
   * Sets who will own the result. A new account needs the person's own word that it is theirs.
   * @throws DeniedError ACCOUNT_NOT_REPORTED, ACCOUNT_UNCONFIRMED
   */
  async chooseAccount(sessionId: string, account: Address, confirmedNew: boolean): Promise<void> {
    const live = this.#requireConsent(sessionId);
    const listed = live.accounts.status === "listed" ? live.accounts.accounts : [];
    const known = listed.find(({ address }) => address === account);
    if (known === undefined) throw new DeniedError("ACCOUNT_NOT_REPORTED");
    if (known.isNew && !confirmedNew) throw new DeniedError("ACCOUNT_UNCONFIRMED");
    await this.#options.accounts.confirm(account);
    live.account = account;
    this.#options.changed(live);
  }

  /**
   * The person's yes. Everything it depends on is asked again here; what is missing counts as no.
   * @throws DeniedError APPROVAL_UNKNOWN, APPROVAL_EXPIRED, ACCOUNT_UNCONFIRMED, WALLET_PAGE_GONE
   */
  async approve(sessionId: string, approvalId: string): Promise<void> {
    const live = this.#requireConsent(sessionId);
    const { account } = live;
    if (account === null) throw new DeniedError("ACCOUNT_UNCONFIRMED");
    if (!live.isAllowedOnChain) throw new DeniedError("APPROVAL_UNKNOWN");
    await this.#options.approvals.take(approvalId, sessionId);
    if (!(await this.#options.pages.isOpen(live.page))) {
      // The page navigated or closed while the person read: who asked is not there any more.
      await this.#fail(live, new DeniedError("WALLET_PAGE_GONE"));
      return;
    }
    await this.#options.countUse(live);
    this.#happened(live, { type: "approved" });
    void this.#run(live, Object.freeze({ ...live.request, user: account }));
  }

  /** The person's no, said or implied by a closed window. */
  async deny(sessionId: string): Promise<void> {
    const live = this.#live.get(sessionId);
    if (live?.state.phase !== "consent") return;
    await this.#options.approvals.drop(sessionId);
    this.#happened(live, { type: "denied" });
  }

  /** Ends a session from the page or the person. A signed result stays. */
  async cancel(sessionId: string): Promise<void> {
    const live = this.#require(sessionId);
    if (live.state.phase === "result" || isOver(live.state)) return;
    await this.#options.approvals.drop(sessionId);
    this.#happened(live, { type: "cancelled" });
    live.controller.abort();
  }

  /** @throws DeniedError ANSWER_NOT_ASKED, ANSWER_LOOKS_LIKE_KEY */
  async answer(sessionId: string, promptId: number, text: string): Promise<void> {
    const live = this.#require(sessionId);
    const prompt = live.prompts.find((open) => open.promptId === promptId);
    if (prompt === undefined) throw new DeniedError("ANSWER_NOT_ASKED");
    const accounts = await this.#options.accounts.known();
    checkAnswer(text, { question: prompt.text, isSecret: prompt.secret, accounts });
    prompt.answer(text);
  }

  async #checkScript(live: LiveSession): Promise<void> {
    try {
      const isAllowed = await this.#options.isAllowed(live.request);
      if (live.state.phase !== "consent") return;
      if (!isAllowed)
        await this.#fail(
          live,
          new UntrustedError("SESSION_SCRIPT_NOT_ALLOWED", { actual: live.request.oracleHash }),
        );
      live.isAllowedOnChain = isAllowed;
      this.#options.changed(live);
    } catch (error) {
      if (live.state.phase === "consent") await this.#fail(live, error);
    }
  }

  async #run(live: LiveSession, request: SessionRequest): Promise<void> {
    const { nowMs, changed, run, store } = this.#options;
    const listener = createListener(live, {
      nowMs,
      changed: () => changed(live),
      happened: (type) => this.#happened(live, { type }),
    });
    try {
      const verified = await run(request, listener, live.controller.signal);
      const { sessionId, clientRequestId, page } = live;
      const { origin, tabId, documentId } = page;
      const place = { sessionId, clientRequestId, origin, tabId, documentId };
      await store({ ...place, storedAtMs: nowMs(), verified, sent: null, confirmed: null });
      this.#happened(live, { type: "resultVerified", resultDeadlineMs: verified.result.deadline * 1_000 });
    } catch (error) {
      await this.#fail(live, error);
    }
  }

  async #fail(live: LiveSession, error: unknown): Promise<void> {
    await this.#options.approvals.drop(live.sessionId);
    if (!isOver(live.state)) this.#happened(live, { type: "failed", error: encodeError(error) });
  }

  #happened(live: LiveSession, event: UntimedEvent): void {
    live.state = reduceSession(live.state, { ...event, atMs: this.#options.nowMs() });
    if (isOver(live.state)) {
      live.prompts.length = 0;
      live.delay = null;
    }
    this.#options.changed(live);
    this.#watchDeadline(live);
  }

  /** Ends the present wait when its time has come, whatever it waits for. */
  #watchDeadline(live: LiveSession): void {
    clearTimeout(this.#timers.get(live.sessionId));
    if (!("deadlineMs" in live.state) || live.state.phase === "result") return;
    const timer = setTimeout(() => {
      this.#happened(live, { type: "tick" });
      if (isOver(live.state)) live.controller.abort();
    }, live.state.deadlineMs - this.#options.nowMs());
    this.#timers.set(live.sessionId, timer);
  }

  #require(sessionId: string): LiveSession {
    const live = this.#live.get(sessionId);
    if (live === undefined) throw new UsageError("SESSION_UNKNOWN");
    return live;
  }

  #requireConsent(sessionId: string): LiveSession {
    const live = this.#require(sessionId);
    if (live.state.phase !== "consent") throw new DeniedError("APPROVAL_UNKNOWN");
    return live;
  }
}

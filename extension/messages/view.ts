import type { Action, ErrorCode } from "#protocol/codes/index.ts";
import type { Address, Hex } from "#protocol/bytes.ts";
import type { Phase } from "./phase.ts";

/*
 * What the extension's own pages show. Plain JSON: amounts are decimal text in base units, times milliseconds
 * since 1970 unless named otherwise.
 */

/** An error as a person meets it. */
export interface ErrorView {
  readonly code: ErrorCode;
  readonly action: Action;
  readonly sentence: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Of a script that failed: where in its own files. */
  readonly traceback?: string;
}

/** One argument of the call, as the page named it and the selector fixes it. */
export interface ArgumentView {
  readonly name: string;
  readonly type: string;
}

/** An account that a wallet reported; `isNew` until the person has confirmed it once. */
export interface AccountView {
  readonly address: Address;
  readonly isNew: boolean;
}

/** How asking the tab's wallet for accounts went. */
export type AccountsView =
  | { readonly status: "asking" }
  | { readonly status: "listed"; readonly wallet: string; readonly accounts: readonly AccountView[] }
  | { readonly status: "missing"; readonly error: ErrorView };

/** The facts a person agrees to, in the order they are shown. */
export interface ConsentFacts {
  readonly origin: string;
  /** How often this contract was approved before in this browser. */
  readonly timesUsed: number;
  readonly contract: Address;
  readonly chainId: number;
  readonly chainName: string;
  readonly functionName: string;
  readonly functionSignature: string;
  readonly selector: Hex;
  readonly oracleHash: Hex;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly domains: readonly string[] | "*";
  readonly arguments: readonly ArgumentView[];
  readonly maxPaymentWei: string;
  readonly valueWei: string;
  readonly simulated: boolean;
}

/** The consent page: facts, what the chain says about the script, the account, and the id an approval must name. */
export interface ConsentView {
  readonly approvalId: string;
  readonly facts: ConsentFacts;
  readonly chainCheck: "pending" | "allowed";
  readonly accounts: AccountsView;
  readonly account: Address | null;
  readonly expiresAtMs: number;
}

/** One named step of connecting and attesting, with what was found. */
export interface StepView {
  readonly name: string;
  readonly state: "running" | "passed" | "failed";
  readonly evidence: readonly string[];
}

/** One line of the session's record. `refused`: a site the script tried and did not get, and why. */
export interface LineView {
  readonly kind: "print" | "question" | "answered" | "refused";
  readonly text: string;
}

/** A question of the script. */
export interface PromptView {
  readonly promptId: number;
  readonly text: string;
  readonly secret: boolean;
}

/** A silence that the script announced. */
export interface DelayView {
  readonly reason: string;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
}

/** One decoded argument of a signed result, in full. */
export interface DecodedArgumentView extends ArgumentView {
  readonly value: string;
}

/** Why a result cannot be sent right now: one sentence, one button. */
export interface SubmissionIssue {
  readonly error: ErrorView;
  readonly button: SubmissionButton;
}
/** What the one button of a {@link SubmissionIssue} does. */
export type SubmissionButton =
  "connect-wallet" | "switch-chain" | "allow-opn" | "get-opn" | "open-page" | "check-again";

/** How the submission of a result stands. */
export type SubmissionView =
  | { readonly status: "unsent" | "checking" | "ready" | "wallet" | "expired" }
  | { readonly status: "blocked"; readonly issue: SubmissionIssue }
  | { readonly status: "broadcast" | "confirmed"; readonly transactionHash: Hex };

/** A signed result as its page shows it. */
export interface ResultView {
  readonly sessionId: string;
  readonly origin: string;
  readonly contract: Address;
  readonly chainId: number;
  readonly chainName: string;
  readonly functionName: string;
  readonly arguments: readonly DecodedArgumentView[];
  readonly account: Address;
  readonly cost: {
    readonly oracleWei: string;
    readonly registryWei: string;
    readonly burnedWei: string;
    readonly totalWei: string;
  };
  readonly valueWei: string;
  /** Last second in which the Hub takes it, seconds since 1970. */
  readonly deadlineSec: number;
  readonly walletShows: { readonly hub: Address; readonly functionName: string; readonly digest: Hex };
  readonly submission: SubmissionView;
  /** What went wrong at the last try; the result itself is not lost. */
  readonly error: ErrorView | null;
}

/** Everything a session's window shows. */
export interface SessionView {
  readonly sessionId: string;
  readonly origin: string;
  readonly phase: Phase;
  readonly consent: ConsentView | null;
  readonly steps: readonly StepView[];
  readonly lines: readonly LineView[];
  readonly prompt: PromptView | null;
  readonly delay: DelayView | null;
  readonly deadlineMs: number | null;
  readonly error: ErrorView | null;
  readonly result: ResultView | null;
}

/** One row of the toolbar popup. */
export interface SummaryView {
  readonly sessionId: string;
  readonly origin: string;
  readonly contract: Address;
  readonly functionName: string;
  readonly phase: Phase;
  readonly needsInput: boolean;
  readonly deadlineMs: number | null;
}

/** The toolbar popup. */
export interface HomeView {
  readonly running: readonly SummaryView[];
  readonly unsent: readonly SummaryView[];
}

/** What this build is, for every page of ours. */
export interface BuildView {
  readonly kind: "release" | "development";
  readonly version: string;
  /** The person's own words, which no web page can know; null until chosen. */
  readonly phrase: string | null;
  readonly chains: readonly { readonly chainId: number; readonly name: string; readonly hub: Address }[];
  readonly allowsEnclaves: boolean;
}

/** The trust page. */
export interface TrustView {
  readonly rootFingerprint: string;
  readonly allowlistHash: string;
  readonly entries: readonly {
    readonly role: string;
    readonly release: string;
    readonly status: string;
    readonly pcr0: string;
    readonly pcr1: string;
    readonly pcr2: string;
    readonly sourceCommit: string;
    readonly validFrom: string;
    readonly validUntil: string;
  }[];
  readonly chains: readonly {
    readonly chainId: number;
    readonly name: string;
    readonly hub: Address;
    readonly hubCodeHash: Hex;
    readonly endpoints: readonly string[];
  }[];
}

import type { ErrorCode } from "#protocol/codes/index.ts";
import type { SiteTrouble } from "#protocol/wire/session.ts";

/** The steps of a session that are shown with their evidence, in the order in which they happen. */
export type StepName =
  | "script-allowed"
  | "registries-listed"
  | "tls-established"
  | "registry-attested"
  | "oracle-attested"
  | "oracle-certified"
  | "script-uploaded"
  | "reattested"
  | "result-verified";

/** A step that has been passed, with the facts that were verified, as text. */
export interface Step {
  readonly name: StepName;
  readonly evidence: Readonly<Record<string, string>>;
}

/** A peer that was given up; the session may go on with another one. */
export interface PeerFailure {
  readonly endpoint: string;
  readonly role: "oracle" | "registry";
  readonly code: ErrorCode;
}

/** A question of the script. `text` is the script's own and must be shown as such. */
export interface Prompt {
  readonly id: number;
  readonly text: string;
  readonly secret: boolean;
}

/** Phases that a running session passes through by itself. */
export type RunPhase = "connecting" | "attesting" | "uploading" | "running";

/** Where a session reports to. What a script says is plain text of unknown honesty. */
export interface SessionListener {
  onPhase(phase: RunPhase): void;
  onStep(step: Step): void;
  onPeerFailed(failure: PeerFailure): void;
  onPrint(text: string): void;
  /** Resolves with the person's answer. `signal` aborts when the answer is not wanted any more. */
  onPrompt(prompt: Prompt, signal: AbortSignal): Promise<string>;
  onDelay(delay: { readonly seconds: number; readonly reason: string }): void;
  /** The script tried a host and did not get it, or not to the end. `host` is the script's own word. */
  onRefused(host: string, reason: SiteTrouble): void;
  /** The script ended by an exception. */
  onTraceback(text: string): void;
}

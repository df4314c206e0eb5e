/** What the one who meets an error should do about it. */
export type Action = "fix-code" | "retry" | "stop" | "ask-user";

/** One row of the code table. `sentence` says what happened and what to do next, for the one who meets it. */
export interface CodeEntry {
  readonly action: Action;
  readonly sentence: string;
}

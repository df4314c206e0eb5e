import { z } from "zod";
import { addressField } from "#protocol/wire/fields.ts";
import { maxAnswerLength, maxPathBytes } from "#protocol/wire/limits.ts";
import type { BuildView, ErrorView, HomeView, SessionView, TrustView } from "./view.ts";

/** Longest personal phrase, characters. */
export const maxPhraseLength = 64;

const sessionId = z.uuid();
const ofSession = z.strictObject({ sessionId });
const nothing = z.strictObject({});

/** Every request of the extension's own pages. */
export const uiSchemas = {
  getBuild: nothing,
  getHome: nothing,
  getTrust: nothing,
  setPhrase: z.strictObject({ phrase: z.string().trim().min(3).max(maxPhraseLength) }),
  getSession: ofSession,
  openSession: ofSession,
  readFile: z.strictObject({ sessionId, path: z.string().min(1).max(maxPathBytes) }),
  askAccounts: ofSession,
  chooseAccount: z.strictObject({ sessionId, account: addressField, confirmedNew: z.boolean() }),
  approve: z.strictObject({ sessionId, approvalId: z.uuid() }),
  deny: z.strictObject({ sessionId, approvalId: z.uuid() }),
  cancel: ofSession,
  answer: z.strictObject({ sessionId, promptId: z.int().min(0), text: z.string().max(maxAnswerLength) }),
  checkSubmission: ofSession,
  mendSubmission: ofSession,
  submit: ofSession,
  discard: ofSession,
} as const;
export type UiName = keyof typeof uiSchemas;

/** What each request is answered with. */
export interface UiReplies {
  readonly getBuild: BuildView;
  readonly getHome: HomeView;
  readonly getTrust: TrustView;
  readonly getSession: SessionView;
  readonly readFile: string;
}
/** The reply to `Name`; most requests have none but that they are done. */
export type UiReply<Name extends UiName> = Name extends keyof UiReplies ? UiReplies[Name] : null;
/** The parameters of `Name` as their sender writes them. */
export type UiParams<Name extends UiName> = z.input<(typeof uiSchemas)[Name]>;

/** What a page of ours sends over its Port; `ping` keeps the worker alive while a session window is open. */
export const uiMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("request"),
    id: z.int().min(0),
    name: z.string().max(32),
    params: z.unknown(),
  }),
  z.strictObject({ type: z.literal("ping") }),
]);
export type UiMessage = z.input<typeof uiMessageSchema>;

/** What the worker sends to a page of ours; `changed` says that views are to be asked for again. */
export type UiPush =
  | { readonly type: "reply"; readonly id: number; readonly reply: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly error: ErrorView }
  | { readonly type: "changed" };

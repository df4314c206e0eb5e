import { z } from "zod";
import type { Address, Hex } from "../bytes.ts";

/**
 * The channel between a confined `oracle.py` and the enclave: one JSON object per line (UTF-8, `\n`), two pipes.
 * The script's side is hostile: a line that is too long, no UTF-8, no JSON or unknown here ends the session.
 */
export const scriptLimits = {
  /** Longest line, in bytes without its end. */
  lineBytes: 512 * 1024,
  /** Longest text a script may show at once, in UTF-16 units. */
  messageLength: 16_384,
  /** Longest prompt of a question, in UTF-16 units. */
  promptLength: 4_096,
  /** Longest answer a person may give, in UTF-16 units. */
  answerLength: 65_536,
  /** Longest traceback, in UTF-16 units. */
  tracebackLength: 16_384,
  /** Longest calldata, selector included, in bytes. */
  calldataBytes: 128 * 1024,
  /** Longest function signature, in characters. */
  signatureLength: 1_024,
  /** Longest delay a script may announce, in seconds. */
  delaySec: 24 * 60 * 60,
} as const;

const hostName = z.string().min(1).max(253);

const calldata = z
  .string()
  .min(10)
  .max(2 + 2 * scriptLimits.calldataBytes)
  .regex(/^0x(?:[0-9a-f]{2})*$/)
  .transform((text): Hex => text as Hex);

/** Written by the sandbox's own first code, before a line of the script has run. Not handed on. */
const ready = z.strictObject({ type: z.literal("ready") });

/** `session.print(...)`: text for the person, of whatever the script wants to say. */
const print = z.strictObject({
  type: z.literal("print"),
  message: z.string().max(scriptLimits.messageLength),
});

/** `session.user_input(...)`: a question; the script waits for `answer`. `secret` asks for masked typing. */
const userInput = z.strictObject({
  type: z.literal("userInput"),
  message: z.string().max(scriptLimits.promptLength),
  secret: z.boolean(),
});

/** `session.expect_delay(...)`: the script will be silent for about `seconds`. */
const expectDelay = z.strictObject({
  type: z.literal("expectDelay"),
  seconds: z.number().min(0).max(scriptLimits.delaySec),
  reason: z.string().max(scriptLimits.promptLength),
});

/**
 * `session.submit(...)`: the result. `function` is the Solidity signature (`name(types)`), `calldata` its selector
 * and ABI-encoded arguments, at least 4 bytes. The enclave compares the selector with the approved one.
 */
const submit = z.strictObject({
  type: z.literal("submit"),
  function: z
    .string()
    .max(scriptLimits.signatureLength)
    .regex(/^[A-Za-z_$][A-Za-z0-9_$]*\([a-z0-9,()[\]]*\)$/),
  calldata,
});

/** The script ended by an exception; `traceback` names the lines of its own files. */
const exception = z.strictObject({
  type: z.literal("exception"),
  traceback: z.string().max(scriptLimits.tracebackLength),
});

/** What the script's process may write. */
export const scriptLineSchema = z.discriminatedUnion("type", [
  ready,
  print,
  userInput,
  expectDelay,
  submit,
  exception,
]);
export type ScriptLine = z.infer<typeof scriptLineSchema>;

/** Why a connection that the script tried was not made. */
export const refusalReasons = ["not-listed", "plain-http", "not-tls", "wrong-name", "too-many"] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** What went wrong between the enclave and a listed site. `cut`: the site or the host ended without close_notify. */
export const siteFailures = [
  "unreachable",
  "certificate-expired",
  "certificate-name",
  "certificate-untrusted",
  "tls",
  "cut",
  "traffic-limit",
] as const;
export type SiteFailure = (typeof siteFailures)[number];

/** A connection was refused; `line` is the line that would allow it in domains.txt, where one would. */
const refused = z.strictObject({
  type: z.literal("refused"),
  host: hostName,
  reason: z.enum(refusalReasons),
  line: hostName.optional(),
});

/** A listed site could not be spoken to, or not to the end. */
const siteFailed = z.strictObject({
  type: z.literal("siteFailed"),
  host: hostName,
  reason: z.enum(siteFailures),
});

/** What the site process reports of its own accord. */
export const siteReportSchema = z.discriminatedUnion("type", [refused, siteFailed]);
export type SiteReport = z.infer<typeof siteReportSchema>;

/** What a running script, and the site process beside it, say to the enclave. */
export type ScriptMessage =
  Extract<ScriptLine, { type: "print" | "userInput" | "expectDelay" | "submit" }> | SiteReport;

/** First line to the script: what `session.user()` answers, as a checksum address. Sent by the launcher. */
export interface StartLine {
  readonly type: "start";
  readonly user: Address;
}

/**
 * What the enclave answers to a script. `answer` to `userInput`; `submitted` or `rejected` to `submit`
 * (`reason` is a sentence for the author of the script).
 */
export type ScriptReply =
  | { readonly type: "answer"; readonly text: string }
  | { readonly type: "submitted" }
  | { readonly type: "rejected"; readonly reason: string };

import type { Action, ErrorCode } from "./codes/index.ts";

/** What a failed comparison expected and what it met; never a secret. */
export interface Comparison {
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
}

/** Details of an error: the comparison that failed and the error beneath it. */
export interface ErrorDetails extends Comparison {
  readonly cause?: unknown;
}

/**
 * Every error of the project. The class says what the caller must do, the code which check failed.
 * The sentence a person reads lives in `codes/`, looked up at a boundary, so that verifiers stay small.
 */
export abstract class OpenContractsError extends Error {
  abstract readonly action: Action;
  readonly code: ErrorCode;
  readonly expected?: string;
  readonly actual?: string;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(code, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "OpenContractsError";
    this.code = code;
    if (details.expected !== undefined) this.expected = details.expected;
    if (details.actual !== undefined) this.actual = details.actual;
  }
}

/** A security check failed: the other side, or what it sent, is not trusted. Action: stop. */
export class UntrustedError extends OpenContractsError {
  readonly action = "stop";
}

/** A connection, an endpoint or a wallet did not answer as it should. Action: retry. */
export class TransportError extends OpenContractsError {
  readonly action = "retry";
}

/** The person said no, or something only the person can mend is missing. Action: ask the user. */
export class DeniedError extends OpenContractsError {
  readonly action = "ask-user";
}

/** The caller's request is wrong. Action: fix the code. */
export class UsageError extends OpenContractsError {
  readonly action = "fix-code";
}

/** A mistake of ours. Action: stop and report. */
export class InternalError extends OpenContractsError {
  readonly action = "stop";
}

/** An error as it crosses a boundary (message, process, storage). */
export interface WireError extends Comparison {
  readonly code: ErrorCode;
  readonly action: Action;
}

/** Encodes any thrown value for a boundary; what is not ours becomes INTERNAL, its text stays behind. */
export function encodeError(error: unknown): WireError {
  if (!(error instanceof OpenContractsError)) return { code: "INTERNAL", action: "stop" };
  const { code, action, expected, actual } = error;
  return {
    code,
    action,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  };
}

const classes = {
  stop: UntrustedError,
  retry: TransportError,
  "ask-user": DeniedError,
  "fix-code": UsageError,
} as const;

/** Decodes what {@link encodeError} made. The caller has parsed `wire` against a schema before. */
export function decodeError(wire: WireError): OpenContractsError {
  return new classes[wire.action](wire.code, wire);
}

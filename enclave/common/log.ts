import { encodeError } from "#protocol/errors.ts";

/** What a log line may carry beside its event: names, counts and codes; never a payload, a key or an answer. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Writes one line per event. */
export type Log = (event: string, fields?: LogFields) => void;

/** A log of JSON lines, each with its time and the process's name, handed to `write`. */
export function createLog(service: string, write: (line: string) => void, nowMs: () => number): Log {
  return (event, fields = {}) => {
    const time = new Date(nowMs()).toISOString();
    write(`${JSON.stringify({ time, service, event, ...fields })}\n`);
  };
}

/**
 * An error as log fields: its code, and what a comparison expected and met. Of a mistake of ours also the kind and the
 * place of its innermost cause; never its message, which may quote what others have sent.
 */
export function errorFields(error: unknown): LogFields {
  const { code, expected, actual } = encodeError(error);
  return {
    code,
    ...(code === "INTERNAL" ? describeMistake(error) : {}),
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  };
}

function describeMistake(error: unknown): LogFields {
  if (!(error instanceof Error)) return { kind: typeof error };
  if (error.cause !== undefined) return describeMistake(error.cause);
  const code = "code" in error && typeof error.code === "string" ? { system: error.code } : {};
  return { kind: error.name, ...code, place: placeOf(error) };
}

/** The frames of a stack, without the message above them. */
function placeOf({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^ +at /.test(line));
  return frames
    .slice(0, 3)
    .map((line) => line.trim())
    .join(" | ");
}

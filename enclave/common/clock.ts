import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { TransportError } from "#protocol/errors.ts";

/** Time as a service sees it; injected, so that tests can make it stand or jump. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Resolves after `durationMs`; rejects once `signal` aborts. Does not keep the process alive. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  wait: (durationMs, signal) => sleep(durationMs, undefined, { signal, ref: false }),
};

/** What ends a wait. */
export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** A `retry` code. */
  readonly code: ErrorCode;
}

/** `work`, but for at most `timeoutMs`. The work itself goes on: its owner closes what it holds. @throws TransportError */
export async function withDeadline<T>(work: Promise<T>, { clock, timeoutMs, code }: Deadline): Promise<T> {
  const done = new AbortController();
  const late = clock.wait(timeoutMs, done.signal).then(() => {
    throw new TransportError(code, { expected: `within ${String(timeoutMs)} ms` });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
    late.catch(() => undefined);
  }
}

/** A whole second of `nowMs`. */
export function secondsOf(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}

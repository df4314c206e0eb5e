import { DeniedError, TransportError } from "#protocol/errors.ts";

/** What may end a wait early. */
export interface WaitLimits {
  /** Aborts when the wait has lasted too long. */
  readonly deadline: AbortSignal;
  /** Aborts when the person has cancelled. */
  readonly cancel: AbortSignal;
}

/** @throws DeniedError SESSION_CANCELLED */
export function requireNotCancelled(cancel: AbortSignal): void {
  if (cancel.aborted) throw new DeniedError("SESSION_CANCELLED");
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * Waits for `work`, but no longer than `limits` allow. The work itself is not stopped: its owner closes what it
 * runs on.
 * @throws TransportError SESSION_TIMEOUT; DeniedError SESSION_CANCELLED; whatever `work` throws
 */
export async function waitFor<T>(work: Promise<T>, { deadline, cancel }: WaitLimits): Promise<T> {
  const settled = new AbortController();
  const stop = (signal: AbortSignal, error: () => Error): Promise<never> =>
    new Promise((_resolve, reject) => {
      const fail = (): void => reject(error());
      if (signal.aborted) fail();
      else signal.addEventListener("abort", fail, { once: true, signal: settled.signal });
    });
  try {
    return await Promise.race([
      stop(cancel, () => new DeniedError("SESSION_CANCELLED")),
      stop(deadline, () => new TransportError("SESSION_TIMEOUT")),
      work,
    ]);
  } finally {
    settled.abort();
    work.catch(() => undefined);
  }
}

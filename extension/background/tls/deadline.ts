import { TransportError } from "#protocol/errors.ts";

/** Waits for `promise` until `signal` aborts. @throws TransportError `code` then */
export async function waitWithin<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  code: "TLS_TIMEOUT" | "TLS_CLOSED",
): Promise<T> {
  let stop = (): void => undefined;
  const expired = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new TransportError(code));
    };
  });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

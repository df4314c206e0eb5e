import { useEffect, useRef, useState } from "react";
import {
  createAttention,
  isDeliberate,
  readyAtMs,
  reduceAttention,
  type Attention,
  type AttentionEvent,
} from "./attention.ts";

/**
 * Follows this window. `shown` names what it shows: when it changes, the time starts anew.
 * `isReady` is for the button's look; what counts is `accepts`, asked with the click itself.
 */
export function useAttention(shown: string): {
  readonly isReady: boolean;
  readonly accepts: (event: Event) => boolean;
} {
  const attention = useRef<Attention>(createAttention(performance.now()));
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (type: AttentionEvent["type"]): void => {
      const atMs = performance.now();
      attention.current = reduceAttention(attention.current, { type, atMs });
      clearTimeout(timer);
      const readyMs = readyAtMs(attention.current);
      setReady(readyMs !== null && readyMs <= atMs);
      if (readyMs !== null && readyMs > atMs) {
        timer = setTimeout(() => {
          setReady(true);
        }, readyMs - atMs);
      }
    };
    const look = (): void => {
      take(document.visibilityState === "visible" ? "visible" : "hidden");
      take(document.hasFocus() ? "focus" : "blur");
    };
    take("changed");
    look();
    const stop = followWindow(look);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [shown]);
  return {
    isReady,
    accepts: (event) =>
      isDeliberate(attention.current, { isTrusted: event.isTrusted, atMs: performance.now() }),
  };
}

/** Calls `look` whenever the window may have come to the front or left it; returns how to stop. */
function followWindow(look: () => void): () => void {
  const ended = new AbortController();
  for (const target of [window, document]) {
    for (const name of ["focus", "blur", "visibilitychange"]) {
      target.addEventListener(name, look, { signal: ended.signal });
    }
  }
  return () => {
    ended.abort();
  };
}

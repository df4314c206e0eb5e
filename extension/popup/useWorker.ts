import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import type { UiName, UiParams, UiReply } from "#messages/ui.ts";
import type { ErrorView } from "#messages/view.ts";
import { Refusal, type WorkerLink } from "./worker.ts";

/** The one link of this page. */
export const WorkerContext = createContext<WorkerLink | null>(null);

/** The link. */
export function useWorker(): WorkerLink {
  const link = useContext(WorkerContext);
  if (link === null) throw new TypeError("no worker link in this tree");
  return link;
}

/** A view kept fresh: asked for now and whenever the worker says that something changed. */
export function useView<Name extends UiName>(
  name: Name,
  params: UiParams<Name>,
): { readonly view: UiReply<Name> | null; readonly error: ErrorView | null } {
  const link = useWorker();
  const [view, setView] = useState<UiReply<Name> | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const key = JSON.stringify(params);
  useEffect(() => {
    let isCurrent = true;
    const refresh = (): void => {
      link.ask(name, JSON.parse(key) as UiParams<Name>).then(
        (reply) => {
          if (!isCurrent) return;
          setView(reply);
          setError(null);
        },
        (reason: unknown) => {
          if (isCurrent) setError(toErrorView(reason));
        },
      );
    };
    refresh();
    const stop = link.onChanged(refresh);
    return () => {
      isCurrent = false;
      stop();
    };
  }, [link, name, key]);
  return { view, error };
}

/** An action behind a button: busy while it runs, its refusal afterwards. */
export function useAction(): {
  readonly isBusy: boolean;
  readonly error: ErrorView | null;
  readonly run: (action: () => Promise<unknown>) => void;
} {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);
  const busy = useRef(false);
  const run = useCallback((action: () => Promise<unknown>) => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    setError(null);
    action()
      .catch((reason: unknown) => {
        setError(toErrorView(reason));
      })
      .finally(() => {
        busy.current = false;
        setBusy(false);
      });
  }, []);
  return { isBusy, error, run };
}

function toErrorView(reason: unknown): ErrorView {
  if (reason instanceof Refusal) return reason.view;
  return { code: "INTERNAL", action: "stop", sentence: "Something went wrong inside Open Contracts." };
}

/** The time, told again every `everyMs`. */
export function useClock(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNowMs(Date.now());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs]);
  return nowMs;
}

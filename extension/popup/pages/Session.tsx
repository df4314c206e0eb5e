import { useEffect, useRef } from "react";
import type { SessionView } from "#messages/view.ts";
import { formatHost, formatRemaining } from "../format.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { Delay } from "../session/Delay.tsx";
import { Prompt } from "../session/Prompt.tsx";
import { Steps } from "../session/Steps.tsx";
import { Transcript } from "../session/Transcript.tsx";
import { useAction, useClock, useView, useWorker } from "../useWorker.ts";
import { Consent } from "./Consent.tsx";
import { Result } from "./Result.tsx";

/** One window from consent to the end of the result. */
export function Session({ sessionId }: { readonly sessionId: string }): React.JSX.Element {
  const { view, error } = useView("getSession", { sessionId });
  const stage = view === null ? "none" : stageOf(view);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A new stage is a new page in the same window: keyboard and screen reader start at its heading.
    place.current?.querySelector("h1")?.focus();
  }, [stage]);
  if (error !== null && view === null) return <ErrorNote error={error} />;
  if (view === null) return <p className="quiet">Opening…</p>;
  return (
    <div ref={place} data-testid="session" data-phase={view.phase}>
      {stage === "consent" && view.consent !== null && (
        <Consent sessionId={sessionId} consent={view.consent} />
      )}
      {stage === "running" && <Running view={view} />}
      {stage === "result" && view.result !== null && <Result result={view.result} phase={view.phase} />}
      {stage === "ended" && <Ended view={view} />}
    </div>
  );
}

function stageOf({ phase, result }: SessionView): "consent" | "running" | "result" | "ended" {
  if (result !== null) return "result";
  if (phase === "consent") return "consent";
  return phase === "failed" || phase === "cancelled" ? "ended" : "running";
}

const headings: Readonly<Record<string, string>> = {
  connecting: "Looking for an enclave",
  attesting: "Checking the enclave",
  uploading: "Sending the script",
  running: "The script is running",
};

function Running({ view }: { readonly view: SessionView }): React.JSX.Element {
  const worker = useWorker();
  const { isBusy, error, run } = useAction();
  const nowMs = useClock(1_000);
  return (
    <article>
      <p className="eyebrow">{formatHost(view.origin)}</p>
      <h1 tabIndex={-1} data-testid="session-heading">
        {headings[view.phase] ?? "Working"}
      </h1>
      <Steps steps={view.steps} isOpen={view.phase !== "running"} />
      {(view.lines.length > 0 || view.prompt !== null) && (
        <Transcript lines={view.lines}>
          {view.prompt !== null && (
            <Prompt key={view.prompt.promptId} sessionId={view.sessionId} prompt={view.prompt} />
          )}
        </Transcript>
      )}
      {view.delay !== null && view.prompt === null && <Delay delay={view.delay} />}
      {error !== null && <ErrorNote error={error} />}
      <footer className="decide">
        <p className="until" data-testid="session-deadline">
          {view.deadlineMs === null ? "" : `Ends by itself in ${formatRemaining(view.deadlineMs - nowMs)}.`}
        </p>
        <div className="buttons">
          <button
            type="button"
            className="plain"
            data-testid="cancel"
            disabled={isBusy}
            onClick={() => {
              run(() => worker.ask("cancel", { sessionId: view.sessionId }));
            }}
          >
            Cancel
          </button>
        </div>
      </footer>
    </article>
  );
}

function Ended({ view }: { readonly view: SessionView }): React.JSX.Element {
  return (
    <article data-testid="ended">
      <p className="eyebrow">{formatHost(view.origin)}</p>
      <h1 tabIndex={-1}>{view.phase === "cancelled" ? "Nothing was submitted" : "The session ended"}</h1>
      {view.error !== null && <ErrorNote error={view.error} />}
      {view.steps.length > 0 && <Steps steps={view.steps} isOpen={false} />}
      {view.lines.length > 0 && <Transcript lines={view.lines} />}
      <div className="buttons">
        <button
          type="button"
          className="plain"
          data-testid="close"
          onClick={() => {
            window.close();
          }}
        >
          Close
        </button>
      </div>
    </article>
  );
}

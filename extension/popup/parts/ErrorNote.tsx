import type { ErrorView } from "#messages/view.ts";
import { ScriptSays, ScriptText } from "./ScriptSays.tsx";

const actions = {
  "fix-code": "For the page's developer",
  retry: "Try again",
  stop: "Stopped for your safety",
  "ask-user": "Your turn",
} as const;

/** The script's own last words, without the exception's class: what its author wants a person to read. */
function lastWords(traceback: string): string {
  const line = traceback.trimEnd().split("\n").at(-1) ?? "";
  return line.replace(/^[A-Za-z_.]+: /, "");
}

/** What went wrong: a sentence first, then the code and what a check met. */
export function ErrorNote({ error }: { readonly error: ErrorView }): React.JSX.Element {
  return (
    <section
      className={`note ${error.action === "stop" ? "danger" : "warn"}`}
      role="alert"
      data-testid="error"
    >
      <p className="note-kind">{error.traceback === undefined ? actions[error.action] : "No result"}</p>
      <p data-testid="error-sentence">{error.sentence}</p>
      {error.traceback !== undefined && (
        <ScriptSays>
          <p data-testid="script-refusal">
            <ScriptText text={lastWords(error.traceback)} />
          </p>
        </ScriptSays>
      )}
      <details>
        <summary>Details</summary>
        <dl className="pairs">
          <dt>Code</dt>
          <dd className="mono" data-testid="error-code">
            {error.code}
          </dd>
          {error.expected !== undefined && (
            <>
              <dt>Expected</dt>
              <dd className="mono">{error.expected}</dd>
            </>
          )}
          {error.actual !== undefined && (
            <>
              <dt>Met</dt>
              <dd className="mono">{error.actual}</dd>
            </>
          )}
        </dl>
        {error.traceback !== undefined && <pre className="mono trace">{error.traceback}</pre>}
      </details>
    </section>
  );
}

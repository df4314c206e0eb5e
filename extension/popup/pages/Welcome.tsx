import { useId, useState } from "react";
import type { BuildView } from "#messages/view.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { useAction, useWorker } from "../useWorker.ts";
import { Today } from "./Home.tsx";

/** The page after installing: what this is, what it can do today, and the phrase that tells our windows from others. */
export function Welcome({ build }: { readonly build: BuildView }): React.JSX.Element {
  return (
    <article className="welcome" data-testid="welcome">
      <h1 tabIndex={-1}>Prove what a web site shows you</h1>
      <p className="lead">
        A script runs in an enclave that nobody can look into, visits a site with what you type, and signs
        what it found. You see every fact before it starts, and every value before it becomes public.
      </p>
      {build.kind === "release" && build.chains.length === 0 && <Today />}
      <PhraseForm build={build} />
    </article>
  );
}

function PhraseForm({ build }: { readonly build: BuildView }): React.JSX.Element {
  const worker = useWorker();
  const { isBusy, error, run } = useAction();
  const [phrase, setPhrase] = useState(build.phrase ?? "");
  const [isSaved, setSaved] = useState(false);
  const fieldId = useId();
  const hintId = useId();
  return (
    <form
      className="block framed"
      onSubmit={(event) => {
        event.preventDefault();
        run(async () => {
          await worker.ask("setPhrase", { phrase });
          setSaved(true);
        });
      }}
    >
      <h2>
        <label htmlFor={fieldId}>Your personal phrase</label>
      </h2>
      <p id={hintId}>
        A few words of your own. Every window of Open Contracts shows them at the top; no web page can know
        them. A window without them is not ours. Do not use a password.
      </p>
      <div className="answer">
        <input
          id={fieldId}
          aria-describedby={hintId}
          type="text"
          minLength={3}
          maxLength={64}
          required
          autoComplete="off"
          placeholder="for example: seven kites over the bay"
          value={phrase}
          data-testid="phrase-input"
          onChange={(event) => {
            setPhrase(event.target.value);
            setSaved(false);
          }}
        />
        <button type="submit" className="primary" data-testid="phrase-save" disabled={isBusy}>
          Keep it
        </button>
      </div>
      <p className="small" role="status" data-testid="phrase-status">
        {isSaved ? "Kept. You see it at the top from now on." : ""}
      </p>
      {error !== null && <ErrorNote error={error} />}
    </form>
  );
}

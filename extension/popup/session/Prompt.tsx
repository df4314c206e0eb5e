import { useEffect, useId, useRef, useState } from "react";
import type { PromptView } from "#messages/view.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { ScriptText } from "../parts/ScriptSays.tsx";
import { useAction, useWorker } from "../useWorker.ts";

interface PromptProps {
  readonly sessionId: string;
  readonly prompt: PromptView;
}

/** A question of the script, answered here and nowhere else. */
export function Prompt({ sessionId, prompt }: PromptProps): React.JSX.Element {
  const worker = useWorker();
  const { isBusy, error, run } = useAction();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const fieldId = useId();
  useEffect(() => {
    field.current?.focus();
  }, []);
  return (
    <form
      className="prompt"
      data-testid="prompt"
      data-secret={prompt.secret}
      onSubmit={(event) => {
        event.preventDefault();
        run(async () => {
          await worker.ask("answer", { sessionId, promptId: prompt.promptId, text });
          setText("");
        });
      }}
    >
      <label htmlFor={fieldId} data-testid="prompt-text">
        <ScriptText text={prompt.text} />
      </label>
      <div className="answer">
        <input
          id={fieldId}
          ref={field}
          type={prompt.secret ? "password" : "text"}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={text}
          data-testid="prompt-answer"
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
        <button type="submit" className="primary" data-testid="prompt-send" disabled={isBusy}>
          Send
        </button>
      </div>
      <p className="small">The script sees it. The page that asked does not.</p>
      {error !== null && <ErrorNote error={error} />}
    </form>
  );
}

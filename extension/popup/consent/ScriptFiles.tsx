import { useState } from "react";
import type { ConsentFacts } from "#messages/view.ts";
import { formatSize } from "../format.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { visible } from "../parts/ScriptSays.tsx";
import { useAction, useWorker } from "../useWorker.ts";

interface ScriptFilesProps {
  readonly sessionId: string;
  readonly files: ConsentFacts["files"];
}

/** The files behind the hash, to be read before agreeing: the very bytes that will be uploaded. */
export function ScriptFiles({ sessionId, files }: ScriptFilesProps): React.JSX.Element {
  const worker = useWorker();
  const { error, run } = useAction();
  const [open, setOpen] = useState<{ readonly path: string; readonly text: string } | null>(null);
  return (
    <details className="files" data-testid="consent-files">
      <summary>Read the script</summary>
      <ul>
        {files.map(({ path, size }) => (
          <li key={path}>
            <button
              type="button"
              className="link mono"
              data-testid="consent-file"
              onClick={() => {
                run(async () => {
                  setOpen({ path, text: await worker.ask("readFile", { sessionId, path }) });
                });
              }}
            >
              {path}
            </button>{" "}
            <span className="small">{formatSize(size)}</span>
          </li>
        ))}
      </ul>
      {error !== null && <ErrorNote error={error} />}
      {open !== null && (
        <figure className="source">
          <figcaption className="mono small">{open.path}</figcaption>
          <pre className="mono" tabIndex={0} dir="ltr" data-testid="consent-source">
            {visible(open.text)}
          </pre>
        </figure>
      )}
    </details>
  );
}

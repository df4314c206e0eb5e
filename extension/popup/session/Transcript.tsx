import { useEffect, useRef, type ReactNode } from "react";
import type { LineView } from "#messages/view.ts";
import { ScriptSays, ScriptText } from "../parts/ScriptSays.tsx";

interface TranscriptProps {
  readonly lines: readonly LineView[];
  /** The open question, inside the same frame. */
  readonly children?: ReactNode;
}

/** What the script said and asked. Answers themselves are never kept. */
export function Transcript({ lines, children }: TranscriptProps): React.JSX.Element {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [lines.length]);
  return (
    <ScriptSays>
      <div role="log" aria-label="What the script says" data-testid="transcript">
        {lines.map((line, index) => (
          <p key={index} className={`said ${line.kind}`} data-testid={`line-${line.kind}`}>
            <Line line={line} />
          </p>
        ))}
      </div>
      {children}
      <div ref={end} />
    </ScriptSays>
  );
}

function Line({ line }: { readonly line: LineView }): React.JSX.Element {
  if (line.kind === "refused") {
    return (
      <>
        <span className="aside">A site was refused, or failed:</span> <ScriptText text={line.text} />
      </>
    );
  }
  if (line.kind === "answered") return <span className="aside">You answered.</span>;
  return <ScriptText text={line.text} />;
}

import type { ReactNode } from "react";
import type { BuildView } from "#messages/view.ts";

interface ShellProps {
  readonly build: BuildView;
  readonly children: ReactNode;
}

/** The frame of every page: who we are, the person's own phrase, and what kind of build this is. */
export function Shell({ build, children }: ShellProps): React.JSX.Element {
  return (
    <div className="shell" data-kind={build.kind}>
      {build.kind === "development" && (
        <p className="simulated" data-testid="simulated-banner">
          <strong>Simulated enclave.</strong> Development build: no hardware protects what you type here.
        </p>
      )}
      <header className="top">
        <a className="brand" href="#/" data-testid="brand">
          <Mark />
          Open Contracts
        </a>
        {build.phrase !== null && (
          <p className="phrase" title="Only this extension knows these words">
            <span className="visually-hidden">Your phrase: </span>
            <span data-testid="phrase">{build.phrase}</span>
          </p>
        )}
      </header>
      <main>{children}</main>
    </div>
  );
}

/** Two overlapping leaves of paper under one seal. */
function Mark(): React.JSX.Element {
  return (
    <svg className="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path
        d="M4 3.5h10l5 5v12H4z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <path d="M14 3.5v5h5" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
      <circle cx="11.5" cy="14.5" r="3.4" fill="currentColor" />
    </svg>
  );
}

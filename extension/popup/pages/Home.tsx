import type { BuildView, SummaryView } from "#messages/view.ts";
import { formatHost, formatRemaining, formatShortAddress } from "../format.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { useAction, useClock, useView, useWorker } from "../useWorker.ts";

/** The toolbar popup: what runs, and which results wait to be sent. */
export function Home({ build }: { readonly build: BuildView }): React.JSX.Element {
  const { view, error } = useView("getHome", {});
  if (view === null) return error === null ? <p className="quiet">Opening…</p> : <ErrorNote error={error} />;
  const isEmpty = view.running.length === 0 && view.unsent.length === 0;
  return (
    <article data-testid="home">
      {build.kind === "release" && build.chains.length === 0 && <Today />}
      {isEmpty && (
        <section className="empty">
          <h1 tabIndex={-1}>Nothing is running</h1>
          <p>
            A page that wants to prove something for you asks here first. You see every fact before anything
            is sent.
          </p>
        </section>
      )}
      {view.unsent.length > 0 && (
        <List title="Results not sent yet" testId="unsent">
          {view.unsent.map((one) => (
            <Unsent key={one.sessionId} summary={one} />
          ))}
        </List>
      )}
      {view.running.length > 0 && (
        <List title="Running" testId="running">
          {view.running.map((one) => (
            <Running key={one.sessionId} summary={one} />
          ))}
        </List>
      )}
      <nav className="foot">
        <a href="#/trust" data-testid="open-trust">
          What this build trusts
        </a>
        <a href="#/welcome" data-testid="open-phrase">
          {build.phrase === null ? "Choose your phrase" : "Your phrase"}
        </a>
        <span className="small">{build.version}</span>
      </nav>
    </article>
  );
}

/** What a release can do as long as there is no public Hub. */
export function Today(): React.JSX.Element {
  return (
    <section className="note plain-note" data-testid="release-today">
      <p className="note-kind">What this release can do today</p>
      <p>
        There is no public Hub yet, so this build knows no chain and refuses every enclave. Pages can find it
        and ask, and you can look at what it trusts. It will run scripts when a Hub and signed enclave images
        are published.
      </p>
    </section>
  );
}

interface ListProps {
  readonly title: string;
  readonly testId: string;
  readonly children: React.ReactNode;
}

function List({ title, testId, children }: ListProps): React.JSX.Element {
  return (
    <section>
      <h1 className="list-title" tabIndex={-1}>
        {title}
      </h1>
      <ul className="rows" data-testid={testId}>
        {children}
      </ul>
    </section>
  );
}

function Row({ summary, left }: { readonly summary: SummaryView; readonly left: string }): React.JSX.Element {
  return (
    <>
      <p className="row-title">
        <span className="mono">{summary.functionName}</span>
        <span className="small row-left" data-testid="row-deadline">
          {left}
        </span>
      </p>
      <p className="small">
        <span className="mono">{formatShortAddress(summary.contract)}</span> for {formatHost(summary.origin)}
      </p>
    </>
  );
}

function Running({ summary }: { readonly summary: SummaryView }): React.JSX.Element {
  const worker = useWorker();
  const { error, run } = useAction();
  const nowMs = useClock(1_000);
  const left = summary.deadlineMs === null ? "" : formatRemaining(summary.deadlineMs - nowMs);
  return (
    <li className="row" data-testid="row" data-phase={summary.phase}>
      <Row summary={summary} left={left} />
      <div className="buttons">
        <span className="small state">{summary.needsInput ? "waits for you" : summary.phase}</span>
        <button
          type="button"
          className="plain"
          data-testid="row-open"
          onClick={() => {
            run(() => worker.ask("openSession", { sessionId: summary.sessionId }));
          }}
        >
          Show
        </button>
      </div>
      {error !== null && <ErrorNote error={error} />}
    </li>
  );
}

function Unsent({ summary }: { readonly summary: SummaryView }): React.JSX.Element {
  const worker = useWorker();
  const { isBusy, error, run } = useAction();
  const nowMs = useClock(1_000);
  const leftMs = (summary.deadlineMs ?? 0) - nowMs;
  return (
    <li className="row" data-testid="row" data-phase={summary.phase}>
      <Row summary={summary} left={leftMs > 0 ? `${formatRemaining(leftMs)} left` : "expired"} />
      <div className="buttons">
        <button
          type="button"
          className="plain"
          data-testid="row-discard"
          disabled={isBusy}
          onClick={() => {
            run(() => worker.ask("discard", { sessionId: summary.sessionId }));
          }}
        >
          Discard
        </button>
        <button
          type="button"
          className="primary"
          data-testid="row-submit"
          disabled={isBusy}
          onClick={() => {
            run(() => worker.ask("openSession", { sessionId: summary.sessionId }));
          }}
        >
          {leftMs > 0 ? "Submit" : "Show"}
        </button>
      </div>
      {error !== null && <ErrorNote error={error} />}
    </li>
  );
}

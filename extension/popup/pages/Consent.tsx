import { useEffect, useState } from "react";
import type { ConsentView } from "#messages/view.ts";
import { AccountChoice } from "../consent/AccountChoice.tsx";
import { Facts } from "../consent/Facts.tsx";
import { useAttention } from "../consent/useAttention.ts";
import { formatHost, formatRemaining } from "../format.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { useAction, useClock, useWorker } from "../useWorker.ts";

interface ConsentProps {
  readonly sessionId: string;
  readonly consent: ConsentView;
}

/** The one place where a request becomes a yes or a no. */
export function Consent({ sessionId, consent }: ConsentProps): React.JSX.Element {
  const { facts, account, chainCheck } = consent;
  const worker = useWorker();
  const { isBusy, error, run } = useAction();
  const nowMs = useClock(1_000);
  const shown = [consent.approvalId, account, chainCheck].join();
  const { isReady, accepts } = useAttention(shown);
  const isComplete = account !== null && chainCheck === "allowed";
  const [approveButton, setApproveButton] = useState<HTMLButtonElement | null>(null);
  useEffect(() => {
    // A native listener: the event that is judged must be the browser's own.
    const press = (event: Event): void => {
      if (!accepts(event) || !isComplete) return;
      run(() => worker.ask("approve", { sessionId, approvalId: consent.approvalId }));
    };
    approveButton?.addEventListener("click", press);
    return () => approveButton?.removeEventListener("click", press);
  });
  return (
    <article className="consent" data-testid="consent">
      <p className="eyebrow">Request</p>
      <h1 tabIndex={-1}>
        <span data-testid="consent-origin">{formatHost(facts.origin)}</span> asks to run a script for you
      </h1>
      <Facts sessionId={sessionId} facts={facts} chainCheck={chainCheck}>
        <AccountChoice sessionId={sessionId} consent={consent} />
      </Facts>
      {error !== null && <ErrorNote error={error} />}
      <footer className="decide">
        <p className="until" data-testid="consent-deadline">
          {isComplete ? "" : `${missing(consent)} `}Refused by itself in{" "}
          {formatRemaining(consent.expiresAtMs - nowMs)}.
        </p>
        <div className="buttons">
          <button
            type="button"
            className="plain"
            data-testid="deny"
            disabled={isBusy}
            onClick={() => {
              run(() => worker.ask("deny", { sessionId, approvalId: consent.approvalId }));
            }}
          >
            Refuse
          </button>
          <button
            type="button"
            className="primary"
            data-testid="approve"
            ref={setApproveButton}
            disabled={!isReady || !isComplete || isBusy}
          >
            Approve and run
          </button>
        </div>
      </footer>
    </article>
  );
}

function missing({ account, chainCheck }: ConsentView): string {
  if (chainCheck === "pending") return "Checking the script on the chain.";
  return account === null ? "Confirm an account first." : "";
}

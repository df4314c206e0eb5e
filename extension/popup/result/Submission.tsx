import { useEffect, useState } from "react";
import type { ResultView, SubmissionButton } from "#messages/view.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { useAction, useWorker } from "../useWorker.ts";

/** The way of a result to the chain: one button at each point, and the way to give it up. */
export function Submission({ result }: { readonly result: ResultView }): React.JSX.Element {
  const { sessionId, submission } = result;
  const worker = useWorker();
  const { isBusy, error, run } = useAction();
  const isUntouched = submission.status === "unsent" && result.error === null;
  useEffect(() => {
    // Looking costs nothing and asks nobody: what stands in the way is known before the person presses Submit.
    if (isUntouched) run(() => worker.ask("checkSubmission", { sessionId }));
  }, [isUntouched, run, sessionId, worker]);
  const isOpen = submission.status !== "confirmed" && submission.status !== "broadcast";
  return (
    <footer className="decide" data-testid="submission" data-status={submission.status}>
      <p className="until" aria-live="polite">
        {sentences[submission.status]}
      </p>
      {"transactionHash" in submission && (
        <p className="mono wrap small" data-testid="transaction-hash">
          {submission.transactionHash}
        </p>
      )}
      {submission.status === "blocked" && <ErrorNote error={submission.issue.error} />}
      {error !== null && <ErrorNote error={error} />}
      <div className="buttons">
        {isOpen && <Discard result={result} isBusy={isBusy} run={run} />}
        <MainButton result={result} isBusy={isBusy} run={run} />
      </div>
    </footer>
  );
}

interface ButtonProps {
  readonly result: ResultView;
  readonly isBusy: boolean;
  readonly run: (action: () => Promise<unknown>) => void;
}

const sentences = {
  unsent: "",
  checking: "Looking at your wallet and the chain…",
  ready: "",
  wallet: "Confirm it in your wallet.",
  broadcast: "Sent. Waiting for the Hub to confirm it.",
  confirmed: "The Hub confirms this result.",
  blocked: "",
  expired: "The deadline has passed. Run the script again.",
} as const;

const buttonTexts: Readonly<Record<SubmissionButton, string>> = {
  "connect-wallet": "Connect the wallet",
  "switch-chain": "Switch the chain",
  "allow-opn": "Allow exactly this amount",
  "get-opn": "Get test OPN",
  "open-page": "Open the page",
  "check-again": "Check again",
};

function MainButton({ result, isBusy, run }: ButtonProps): React.JSX.Element | null {
  const worker = useWorker();
  const { sessionId, submission } = result;
  if (submission.status === "blocked") {
    return (
      <button
        type="button"
        className="primary"
        data-testid={`mend-${submission.issue.button}`}
        disabled={isBusy}
        onClick={() => {
          run(() => worker.ask("mendSubmission", { sessionId }));
        }}
      >
        {buttonTexts[submission.issue.button]}
      </button>
    );
  }
  if (submission.status === "confirmed") {
    return (
      <button
        type="button"
        className="primary"
        data-testid="close"
        onClick={() => {
          window.close();
        }}
      >
        Close
      </button>
    );
  }
  if (submission.status === "expired" || submission.status === "broadcast") return null;
  return (
    <button
      type="button"
      className="primary"
      data-testid="submit"
      disabled={isBusy || submission.status === "checking" || submission.status === "wallet"}
      onClick={() => {
        run(() => worker.ask("submit", { sessionId }));
      }}
    >
      Submit with my wallet
    </button>
  );
}

/** Giving up a result asks once more, in place. */
function Discard({ result, isBusy, run }: ButtonProps): React.JSX.Element {
  const worker = useWorker();
  const [isSure, setSure] = useState(false);
  return (
    <button
      type="button"
      className={isSure ? "plain danger" : "plain"}
      data-testid={isSure ? "discard-confirm" : "discard"}
      disabled={isBusy}
      onBlur={() => {
        setSure(false);
      }}
      onClick={() => {
        if (isSure) run(() => worker.ask("discard", { sessionId: result.sessionId }));
        else setSure(true);
      }}
    >
      {isSure ? "Yes, throw it away" : "Discard"}
    </button>
  );
}

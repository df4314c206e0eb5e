import type { Phase } from "#messages/phase.ts";
import type { ResultView } from "#messages/view.ts";
import { formatAddress, formatAmount, formatHost, formatRemaining, formatTime, groupHex } from "../format.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { Submission } from "../result/Submission.tsx";
import { visible } from "../parts/ScriptSays.tsx";
import { useClock } from "../useWorker.ts";

interface ResultProps {
  readonly result: ResultView;
  readonly phase: Phase;
}

/** A signed result: everything that will be public, what it costs, and what the wallet must show. */
export function Result({ result, phase }: ResultProps): React.JSX.Element {
  return (
    <article data-testid="result">
      <p className="eyebrow">{formatHost(result.origin)}</p>
      <h1 tabIndex={-1}>{phase === "confirmed" ? "Submitted and confirmed" : "The result is signed"}</h1>
      <Values result={result} />
      <Cost result={result} />
      <Expiry result={result} phase={phase} />
      <WalletShows result={result} />
      {result.error !== null && <ErrorNote error={result.error} />}
      <Submission result={result} />
    </article>
  );
}

function Values({ result }: { readonly result: ResultView }): React.JSX.Element {
  return (
    <section className="block">
      <h2>What becomes public</h2>
      <p className="line">
        <span className="mono">{result.functionName}</span> of{" "}
        <span className="address">{formatAddress(result.contract)}</span> on {result.chainName}
      </p>
      <dl className="values" data-testid="result-arguments">
        {result.arguments.map(({ name, type, value }, index) => (
          <div key={index}>
            <dt>
              <span className="mono">{name === "" ? `argument ${String(index + 1)}` : name}</span>{" "}
              <span className="small mono">{type}</span>
            </dt>
            <dd className="mono wrap" data-testid={`result-argument-${String(index)}`}>
              <bdi>{visible(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p className="line">
        Only{" "}
        <span className="address" data-testid="result-account">
          {formatAddress(result.account)}
        </span>{" "}
        can use it.
      </p>
    </section>
  );
}

function Cost({ result }: { readonly result: ResultView }): React.JSX.Element {
  const { cost } = result;
  const rows = [
    ["Oracle's provider", cost.oracleWei],
    ["Registry's provider", cost.registryWei],
    ["Burned", cost.burnedWei],
  ] as const;
  return (
    <section className="block">
      <h2>What it costs</h2>
      <table className="cost" data-testid="result-cost">
        <tbody>
          {rows.map(([label, wei]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{formatAmount(wei)} OPN</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Together</th>
            <td data-testid="result-total">{formatAmount(cost.totalWei)} OPN</td>
          </tr>
        </tfoot>
      </table>
      {result.valueWei !== "0" && (
        <p className="line" data-testid="result-value">
          And {formatAmount(result.valueWei)} ETH go to the contract.
        </p>
      )}
    </section>
  );
}

function Expiry({ result, phase }: ResultProps): React.JSX.Element | null {
  const nowMs = useClock(1_000);
  if (phase === "confirmed") return null;
  const leftMs = result.deadlineSec * 1_000 - nowMs;
  return (
    <p className="line" data-testid="result-deadline">
      {leftMs > 0
        ? `Good until ${formatTime(result.deadlineSec * 1_000)}, ${formatRemaining(leftMs)} from now. It is kept if you close this window.`
        : "Its deadline has passed."}
    </p>
  );
}

function WalletShows({ result }: { readonly result: ResultView }): React.JSX.Element {
  const { hub, functionName, digest } = result.walletShows;
  return (
    <section className="block framed">
      <h2>Your wallet must show this</h2>
      <dl className="pairs" data-testid="wallet-shows">
        <dt>To (the Hub)</dt>
        <dd className="address">{formatAddress(hub)}</dd>
        <dt>Function</dt>
        <dd className="mono">{functionName}</dd>
        <dt>Result digest</dt>
        <dd className="mono wrap" data-testid="result-digest">
          {groupHex(digest)}
        </dd>
      </dl>
      <p className="small">If it shows another recipient, reject it there.</p>
    </section>
  );
}

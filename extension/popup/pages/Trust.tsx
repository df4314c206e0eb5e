import type { TrustView } from "#messages/view.ts";
import { formatAddress, formatTime, groupHex } from "../format.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { useView } from "../useWorker.ts";

/** What this build trusts, for people who check. Nothing here can be changed. */
export function Trust(): React.JSX.Element {
  const { view, error } = useView("getTrust", {});
  if (view === null) return error === null ? <p className="quiet">Opening…</p> : <ErrorNote error={error} />;
  return (
    <article className="trust" data-testid="trust">
      <h1 tabIndex={-1}>What this build trusts</h1>
      <p className="lead">Compiled in when the build was made. No page, link or setting can add to it.</p>
      <section className="block">
        <h2>Root of attestation</h2>
        <p className="small">SHA-256 of the certificate</p>
        <p className="mono wrap" data-testid="trust-root">
          {groupHex(view.rootFingerprint)}
        </p>
      </section>
      <section className="block">
        <h2>Enclave images</h2>
        <p className="small">SHA-256 of the list</p>
        <p className="mono wrap small" data-testid="trust-allowlist-hash">
          {groupHex(view.allowlistHash)}
        </p>
        {view.entries.length === 0 && <p data-testid="trust-empty">None: every enclave is refused.</p>}
        {view.entries.map((entry) => (
          <Entry key={entry.pcr0 + entry.role} entry={entry} />
        ))}
      </section>
      <section className="block">
        <h2>Chains</h2>
        {view.chains.length === 0 && <p>None: there is no public Hub yet.</p>}
        {view.chains.map((chain) => (
          <dl key={chain.chainId} className="pairs" data-testid="trust-chain">
            <dt>Chain</dt>
            <dd>
              {chain.name} ({chain.chainId})
            </dd>
            <dt>Hub</dt>
            <dd className="address">{formatAddress(chain.hub)}</dd>
            <dt>Code hash</dt>
            <dd className="mono wrap">{groupHex(chain.hubCodeHash)}</dd>
            <dt>Endpoints</dt>
            <dd className="mono wrap">{chain.endpoints.join("\n")}</dd>
          </dl>
        ))}
      </section>
    </article>
  );
}

function Entry({ entry }: { readonly entry: TrustView["entries"][number] }): React.JSX.Element {
  return (
    <details className="entry" data-testid="trust-entry">
      <summary>
        {entry.role} {entry.release} <span className={`tag ${entry.status}`}>{entry.status}</span>
      </summary>
      <dl className="pairs">
        <dt>PCR0</dt>
        <dd className="mono wrap">{groupHex(entry.pcr0)}</dd>
        <dt>PCR1</dt>
        <dd className="mono wrap">{groupHex(entry.pcr1)}</dd>
        <dt>PCR2</dt>
        <dd className="mono wrap">{groupHex(entry.pcr2)}</dd>
        <dt>Source</dt>
        <dd className="mono wrap">{entry.sourceCommit}</dd>
        <dt>Valid</dt>
        <dd>
          {formatTime(Date.parse(entry.validFrom))} to {formatTime(Date.parse(entry.validUntil))}
        </dd>
      </dl>
      <p className="small">Build the image from this commit: the same three values must come out.</p>
    </details>
  );
}

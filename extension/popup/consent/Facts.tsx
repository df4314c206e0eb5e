import type { ReactNode } from "react";
import type { ConsentFacts, ConsentView } from "#messages/view.ts";
import { formatAddress, formatAmount, groupHex } from "../format.ts";
import { Fact } from "./Fact.tsx";
import { ScriptFiles } from "./ScriptFiles.tsx";

interface FactsProps {
  readonly sessionId: string;
  readonly facts: ConsentFacts;
  readonly chainCheck: ConsentView["chainCheck"];
  /** The choice of the account stands at its place among the facts. */
  readonly children: ReactNode;
}

/** What a person agrees to, in a fixed order: facts, nothing that the script or the page says about itself. */
export function Facts({ sessionId, facts, chainCheck, children }: FactsProps): React.JSX.Element {
  return (
    <ol className="facts">
      <Fact name="asking" label="Asked by">
        <strong className="mono">{facts.origin}</strong>
      </Fact>
      <Fact name="use" label="Your history">
        <strong>{usage(facts.timesUsed)}</strong> Anyone can publish a contract and a script.
      </Fact>
      <Fact name="contract" label="Contract">
        <span className="address" data-testid="consent-contract">
          {formatAddress(facts.contract)}
        </span>
        <span className="line">
          on {facts.chainName}, function <span className="mono">{facts.functionName}</span>
        </span>
      </Fact>
      <Fact name="script" label="Script">
        <span className="line" data-testid="consent-chain-check">
          {chainCheck === "allowed"
            ? "The contract allows exactly this script."
            : "Asking the chain about it…"}
        </span>
        <span className="mono wrap small" data-testid="consent-oracle-hash">
          {groupHex(facts.oracleHash)}
        </span>
        <ScriptFiles sessionId={sessionId} files={facts.files} />
      </Fact>
      <Fact name="domains" label="Sites it may open" isDanger={facts.domains === "*"}>
        <Domains domains={facts.domains} />
      </Fact>
      <Fact name="sees" label="What it sees">
        It sees everything you type, and its author could leak it.
      </Fact>
      <Fact name="account" label="Owner of the result">
        {children}
      </Fact>
      <Fact name="public" label="What becomes public">
        <Arguments facts={facts} />
      </Fact>
      <Fact name="cap" label="At most">
        <strong data-testid="consent-cap">{formatAmount(facts.maxPaymentWei)} OPN</strong> for the submission,
        and <strong data-testid="consent-value">{formatAmount(facts.valueWei)} ETH</strong> sent along.
      </Fact>
      <Fact name="provider" label="Run by" isDanger={facts.simulated}>
        {facts.simulated
          ? "A simulated enclave on this machine. Whoever runs it can see and change everything."
          : "An enclave in AWS Nitro, drawn at random from the Hub's registries and checked before anything is sent."}
      </Fact>
    </ol>
  );
}

function usage(times: number): string {
  if (times === 0) return "First use of this contract in this browser.";
  return times === 1
    ? "You used this contract once before."
    : `You used this contract ${String(times)} times.`;
}

function Domains({ domains }: { readonly domains: ConsentFacts["domains"] }): React.JSX.Element {
  if (domains === "*") {
    return (
      <strong data-testid="consent-domains">
        Any site on the internet. It cannot ask you for passwords.
      </strong>
    );
  }
  if (domains.length === 0)
    return <span data-testid="consent-domains">None: it cannot reach the internet.</span>;
  return (
    <ul className="domains" data-testid="consent-domains">
      {domains.map((name) => (
        <li key={name} className="mono">
          {name}
        </li>
      ))}
    </ul>
  );
}

function Arguments({ facts }: { readonly facts: ConsentFacts }): React.JSX.Element {
  return (
    <>
      <span className="line">
        On the chain, for everyone and for ever. You see the values before you submit.
      </span>
      <table className="arguments" data-testid="consent-arguments">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          {facts.arguments.map(({ name, type }, index) => (
            <tr key={index}>
              <th scope="row" className="mono">
                {name === "" ? `argument ${String(index + 1)}` : name}
              </th>
              <td className="mono">{type}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

import { useState } from "react";
import type { Address } from "#protocol/bytes.ts";
import type { AccountView, ConsentView } from "#messages/view.ts";
import { formatAddress } from "../format.ts";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { useAction, useWorker } from "../useWorker.ts";

interface AccountChoiceProps {
  readonly sessionId: string;
  readonly consent: ConsentView;
}

/** Which account owns the result. A page could name a foreign one, so a new account is confirmed by itself. */
export function AccountChoice({ sessionId, consent }: AccountChoiceProps): React.JSX.Element {
  const { accounts, account } = consent;
  const worker = useWorker();
  const { isBusy, error, run } = useAction();
  const choose = (chosen: AccountView): void => {
    run(() =>
      worker.ask("chooseAccount", { sessionId, account: chosen.address, confirmedNew: chosen.isNew }),
    );
  };
  if (account !== null) return <Chosen account={account} />;
  if (accounts.status === "asking")
    return <p data-testid="accounts-asking">Asking the wallet in the page…</p>;
  const retry = (
    <button
      type="button"
      className="plain"
      data-testid="ask-accounts"
      disabled={isBusy}
      onClick={() => {
        run(() => worker.ask("askAccounts", { sessionId }));
      }}
    >
      Ask the wallet again
    </button>
  );
  if (accounts.status === "missing") {
    return (
      <>
        <ErrorNote error={accounts.error} />
        {retry}
      </>
    );
  }
  return (
    <>
      <p className="line">
        The page reports these accounts of <bdi>{accounts.wallet}</bdi>:
      </p>
      <ul className="accounts">
        {accounts.accounts.map((one) => (
          <Account key={one.address} account={one} isBusy={isBusy} choose={choose} />
        ))}
      </ul>
      {error !== null && <ErrorNote error={error} />}
      {retry}
    </>
  );
}

function Chosen({ account }: { readonly account: Address }): React.JSX.Element {
  return (
    <>
      <span className="address" data-testid="consent-account">
        {formatAddress(account)}
      </span>
      <span className="line">Only this account can use the result.</span>
    </>
  );
}

interface AccountProps {
  readonly account: AccountView;
  readonly isBusy: boolean;
  readonly choose: (account: AccountView) => void;
}

function Account({ account, isBusy, choose }: AccountProps): React.JSX.Element {
  const [isChecked, setChecked] = useState(false);
  const { address, isNew } = account;
  return (
    <li className={isNew ? "account new" : "account"} data-testid="account">
      <span className="address" data-testid="account-address">
        {formatAddress(address)}
      </span>
      {isNew && (
        <label className="check">
          <input
            type="checkbox"
            data-testid="account-is-mine"
            checked={isChecked}
            onChange={(event) => {
              setChecked(event.target.checked);
            }}
          />
          <span>
            <strong>New here.</strong> I compared it with my wallet, and it is mine. If it were not, the
            result would belong to someone else.
          </span>
        </label>
      )}
      <button
        type="button"
        className="plain"
        data-testid="choose-account"
        disabled={isBusy || (isNew && !isChecked)}
        onClick={() => {
          choose(account);
        }}
      >
        Use this account
      </button>
    </li>
  );
}

import { findOpenContracts, findWallet, readBalance, type Provider } from "./wallet.ts";

interface Config {
  readonly chainId: number;
  readonly contract: string;
  readonly token: string;
  readonly function: string;
  readonly offer:
    | ({ readonly [name in "payee" | "salt" | "offerId" | "tokens"]: string } & { readonly cents: number })
    | null;
  readonly files: readonly string[];
}

interface Session {
  readonly sessionId: string;
  readonly phase: string;
  readonly error: { readonly reason: string; readonly message: string } | null;
}

function part(id: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

const button = (id: string): HTMLButtonElement => part(id) as HTMLButtonElement;

function show(id: string, text: string): void {
  part(id).textContent = text;
}

/** Base units of the token, which has 18 decimals, as people read them. */
function formatTokens(units: bigint): string {
  const [whole, fraction] = [units / 10n ** 18n, units % 10n ** 18n];
  const decimals = String(fraction).padStart(18, "0").replace(/0+$/, "");
  return `${String(whole)}${decimals === "" ? "" : `.${decimals}`} EXT`;
}

function showOffer({ offer, function: name }: Config): void {
  if (offer === null) {
    show("title", `Run a script for ${name}`);
    show(
      "lead",
      "This page hands your own oracle folder to the extension; a contract records what it proves.",
    );
    part("offer").hidden = true;
    return;
  }
  show("payee", offer.payee);
  show("cents", String(offer.cents));
  show("offer-id", offer.offerId);
  show("salt", offer.salt);
  show("tokens", formatTokens(BigInt(offer.tokens)));
}

async function loadFolder(paths: readonly string[]): Promise<{ path: string; bytes: Uint8Array }[]> {
  return Promise.all(
    paths.map(async (path) => {
      const reply = await fetch(`/oracle/${path}`);
      return { path, bytes: new Uint8Array(await reply.arrayBuffer()) };
    }),
  );
}

function showSession(session: Session): void {
  const list = part("phases");
  if (list.lastElementChild?.textContent !== session.phase) {
    const item = document.createElement("li");
    item.textContent = session.phase;
    list.append(item);
  }
  show("problem", session.error === null ? "" : `${session.error.reason}: ${session.error.message}`);
  button("cancel").disabled = ["confirmed", "cancelled", "failed"].includes(session.phase);
}

async function prove(openContracts: Provider, config: Config): Promise<string> {
  part("phases").replaceChildren();
  show("problem", "");
  const { sessionId } = (await openContracts.request({
    method: "oc_run",
    params: {
      chainId: config.chainId,
      contract: config.contract,
      function: config.function,
      files: await loadFolder(config.files),
      clientRequestId: crypto.randomUUID(),
    },
  })) as Session;
  button("cancel").disabled = false;
  return sessionId;
}

async function start(): Promise<void> {
  const config = (await (await fetch("/config.json")).json()) as Config;
  showOffer(config);
  const [wallet, openContracts] = await Promise.all([findWallet(), findOpenContracts()]);
  if (wallet === undefined) show("problem", "No wallet found. Install one and reload.");
  if (openContracts === undefined) show("problem", "Open Contracts is not installed. Install it and reload.");
  if (wallet === undefined || openContracts === undefined) return;
  connectButtons(config, wallet, openContracts);
}

function connectButtons(config: Config, wallet: Provider, openContracts: Provider): void {
  let account = "";
  let current = "";
  const showBalance = async (): Promise<void> => {
    show("balance", `You hold ${formatTokens(await readBalance(wallet, config.token, account))}.`);
  };
  openContracts.on?.("session", (session: Session) => {
    if (session.sessionId !== current) return;
    showSession(session);
    if (session.phase === "confirmed") void showBalance();
  });
  // The extension's worker was restarted: what became of the session has to be asked for.
  openContracts.on?.("disconnect", () => {
    if (current === "") return;
    void openContracts
      .request({ method: "oc_getSession", params: { sessionId: current } })
      .then((session) => {
        showSession(session as Session);
      });
  });
  button("connect").onclick = async () => {
    [account = ""] = (await wallet.request({ method: "eth_requestAccounts" })) as string[];
    show("account", `Wallet: ${account}`);
    button("prove").disabled = false;
    await showBalance();
  };
  button("prove").onclick = async () => {
    try {
      current = await prove(openContracts, config);
    } catch (error) {
      show("problem", error instanceof Error ? error.message : "the extension refused the request");
    }
  };
  button("cancel").onclick = () =>
    openContracts.request({ method: "oc_cancel", params: { sessionId: current } });
}

await start();

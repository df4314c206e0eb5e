import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright";
import { createAnswers } from "../../demo/journey/answers.ts";
import { createPerson, patienceMs, type Person } from "../../demo/journey/person.ts";
import { readBalance } from "../../demo/journey/readback.ts";
import { openBrowser } from "../../demo/world/browser.ts";
import type { DemoOffer } from "../../demo/world/market.ts";
import type { Stage } from "./stage.ts";

/** How a browser is opened for a flow. */
export interface VisitOptions {
  /** Folder of the extension; without it the development build. */
  readonly extension?: string;
  /** A profile to open again; without it a fresh one. */
  readonly profile?: string;
}

/** A person at a browser with extension and wallet, and an offer that is theirs alone. */
export interface Visit {
  readonly context: BrowserContext;
  readonly profile: string;
  readonly person: Person;
  readonly offer: DemoOffer;
  /** What the person types at the example script's prompts. */
  readonly answers: (prompt: string) => string;
  /** Address of one of the extension's own pages, such as `#/trust`. */
  ownPage(hash?: string): Promise<string>;
  /** Pays what the offer asks for on FiatPay. */
  pay(cents?: number): void;
  /** Opens the dApp, asks for a proof, confirms the account. */
  ask(): Promise<Page>;
  /** All that, and the approval. */
  start(): Promise<Page>;
  /** All that, and the answers up to a signed result. */
  runToResult(): Promise<Page>;
  /** Tokens that `account` holds, read by a client of its own. */
  tokensOf(account: `0x${string}`): Promise<bigint>;
}

/** Opens a browser on `profile` and makes a fresh offer. */
export async function openVisit(stage: Stage, profile: string, options: VisitOptions): Promise<Visit> {
  const { world, wallet } = stage;
  const { site, market, dapp, chain } = world;
  const extension = options.extension ?? stage.extension;
  const offer = await market.createOffer();
  dapp.show(offer);
  await writePreferences(profile);
  const context = await openBrowser({
    extensions: [extension, wallet],
    profile,
    headless: true,
    hosts: new Map([[site.hostName, site.address]]),
    trustedSpkis: [site.spkiSha256],
  });
  const person = await createPerson(context);
  const answers = createAnswers(site, offer);
  const ask = async (): Promise<Page> => {
    await person.open(dapp.url);
    const session = await person.prove();
    await person.confirmAccount(session);
    return session;
  };
  const start = async (): Promise<Page> => {
    const session = await ask();
    await person.approve(session);
    return session;
  };
  return {
    ...{ context, profile, person, offer, answers, ask, start },
    ownPage: async (hash = "") => `${await originOf(context)}/extension/popup/app.html${hash}`,
    pay(cents = offer.cents) {
      site.ledger.pay({ from: site.login.account, to: offer.payee, cents, message: offer.offerId });
    },
    async runToResult() {
      const session = await start();
      await person.answer(session, answers);
      await session.getByTestId("result").waitFor({ timeout: patienceMs });
      return session;
    },
    tokensOf: (account) => readBalance(chain.url, market.token, account),
  };
}

/** Developer mode, as a person switches it on to load an unpacked extension: without it none survives a reload. */
async function writePreferences(profile: string): Promise<void> {
  const file = join(profile, "Default", "Preferences");
  if (existsSync(file)) return;
  await mkdir(join(profile, "Default"), { recursive: true });
  await writeFile(file, JSON.stringify({ extensions: { ui: { developer_mode: true } } }));
}

/** Origin of the Open Contracts extension in this browser: its worker is the one that is a module of the bundle. */
async function originOf(context: BrowserContext): Promise<string> {
  const isOurs = (url: string): boolean => !url.endsWith("/worker.js");
  const running = context.serviceWorkers().find((worker) => isOurs(worker.url()));
  const worker = running ?? (await context.waitForEvent("serviceworker", (started) => isOurs(started.url())));
  // Node's URL gives origins to the schemes of the web only.
  return /^[a-z-]+:\/\/[^/]+/.exec(worker.url())?.[0] ?? "";
}

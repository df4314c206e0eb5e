import type { BrowserContext, Page } from "playwright";
import { createPublicClient, http, type Hex } from "viem";
import type { Address } from "#protocol/bytes.ts";
import { InternalError, UntrustedError } from "#protocol/errors.ts";
import { hexFromBytes } from "#protocol/bytes.ts";
import { simulatedPcrs } from "../../enclave/nsm/simulated/measurement.ts";
import type { DemoOffer } from "../world/market.ts";
import type { World } from "../world/world.ts";
import { createAnswers } from "./answers.ts";
import { createPerson, patienceMs, type Person } from "./person.ts";
import { readBalance } from "./readback.ts";
import { answerToResult } from "./result.ts";
import type { JourneyStep, StepRecorder } from "./step.ts";

/** What the journey ended with; the object that `--json` prints. */
export interface JourneyReport {
  readonly ok: boolean;
  readonly steps: readonly JourneyStep[];
  readonly oracleHash: Hex;
  readonly attestation: {
    readonly moduleId: string;
    readonly pcr0: string;
    readonly simulated: true;
  };
  readonly tx: Hex;
  readonly gasUsed: number;
  /** Read back from the chain, in base units of the token. */
  readonly contractState: {
    readonly token: Address;
    readonly buyer: Address;
    readonly balanceBefore: string;
    readonly balanceAfter: string;
  };
}

/** Makes the whole journey in `context`, once as it should be and once with a payment of the wrong amount. */
export async function makeJourney(
  world: World,
  context: BrowserContext,
  recorder: StepRecorder,
): Promise<JourneyReport> {
  const balance = (): Promise<bigint> =>
    readBalance(world.chain.url, world.market.token, world.accounts.buyer);
  const person = await createPerson(context);
  const balanceBefore = await recorder.run("balance before", balance, String);
  const offer = world.dapp.offer();
  await recorder.run("pay on FiatPay", () => Promise.resolve(pay(world, offer, offer.cents)), String);
  const { attestation, tx } = await settle(world, person, recorder);
  const gasUsed = await readGas(world, tx);
  const balanceAfter = await recorder.run("balance after", balance, String);
  if (balanceAfter - balanceBefore !== offer.tokens) {
    throw new UntrustedError("DEMO_STEP_FAILED", {
      expected: `${String(offer.tokens)} more`,
      actual: String(balanceAfter - balanceBefore),
    });
  }
  await refuseWrongAmount(world, person, recorder);
  return {
    ok: true,
    steps: recorder.steps,
    oracleHash: world.oracleHash,
    attestation,
    tx,
    gasUsed,
    contractState: {
      token: world.market.token,
      buyer: world.accounts.buyer,
      balanceBefore: String(balanceBefore),
      balanceAfter: String(balanceAfter),
    },
  };
}

function pay({ site }: World, offer: DemoOffer, cents: number): string {
  const payment = { from: site.login.account, to: offer.payee, cents, message: offer.offerId };
  return site.ledger.pay(payment).id;
}

async function settle(
  world: World,
  person: Person,
  recorder: StepRecorder,
): Promise<{ readonly attestation: JourneyReport["attestation"]; readonly tx: Hex }> {
  await recorder.run(
    "open the dApp",
    () => person.open(world.dapp.url),
    () => world.dapp.url,
  );
  const session = await recorder.run(
    "ask for a proof",
    () => person.prove(),
    () => "consent page is open",
  );
  await recorder.run(
    "confirm the account",
    () => person.confirmAccount(session),
    () => world.accounts.buyer,
  );
  await recorder.run(
    "approve",
    () => person.approve(session),
    () => world.oracleHash,
  );
  const attestation = await recorder.run(
    "enclave attested",
    () => readAttestation(session),
    ({ moduleId }) => moduleId,
  );
  const answers = createAnswers(world.site, world.dapp.offer());
  await recorder.run("answer the script", () => answerToResult(person, session, answers), String);
  const tx = await recorder.run("submit", () => person.submit(session), String);
  await session.close();
  return { attestation, tx: tx as Hex };
}

/** What the session window shows about the oracle's attestation, held against the simulation's pattern. */
async function readAttestation(session: Page): Promise<JourneyReport["attestation"]> {
  const step = session.getByTestId("step-oracle-attested");
  // The list of passed checks is folded up once the script runs: it is there, and need not be in sight.
  await step.waitFor({ state: "attached", timeout: patienceMs });
  const text = await step.textContent();
  const moduleId = /i-[0-9a-f]{17}-enc[0-9a-f]{16,17}/.exec(text ?? "")?.[0];
  const pcr0 = hexFromBytes(simulatedPcrs("oracle").get(0) ?? new Uint8Array());
  if (moduleId === undefined || text?.includes(pcr0) !== true) {
    throw new InternalError("INTERNAL", {
      expected: "the attestation's evidence",
      actual: text ?? "nothing",
    });
  }
  return { moduleId, pcr0, simulated: true };
}

async function readGas({ chain }: World, hash: Hex): Promise<number> {
  const receipt = await createPublicClient({ transport: http(chain.url) }).getTransactionReceipt({ hash });
  return Number(receipt.gasUsed);
}

async function refuseWrongAmount(world: World, person: Person, recorder: StepRecorder): Promise<void> {
  const offer = await world.market.createOffer();
  world.dapp.show(offer);
  pay(world, offer, offer.cents - 1);
  await person.open(world.dapp.url);
  const session = await person.prove();
  await person.confirmAccount(session);
  await person.approve(session);
  await recorder.run(
    "a payment of the wrong amount is refused",
    async () => {
      const end = await person.answer(session, createAnswers(world.site, offer));
      const text = (await session.getByTestId("ended").textContent()) ?? "";
      if (end !== "ended" || !text.includes("the offer asks for")) {
        throw new UntrustedError("DEMO_STEP_FAILED", { expected: "the script's refusal", actual: text });
      }
      return /You sent .*?, but the offer asks for [0-9.]+/.exec(text)?.[0] ?? "refused";
    },
    String,
  );
  await session.close();
}

import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeFunctionData, encodeAbiParameters, getAddress, keccak256 } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { closeServer, listenLocally } from "../../../demo/world/servers.ts";
import { createSiteCertificates } from "../../../demo/world/siteCertificate.ts";
import { offerId } from "../offer.ts";
import { createLedger, type Ledger } from "../site/ledger.ts";
import { createLoginDesk, type LoginDesk } from "../site/login.ts";
import { createFiatPaySite } from "../site/server.ts";
import { fiatPayAbi } from "./fiatPayAbi.ts";
import { refusalOf, runOracle, submissionOf, type OracleRun } from "./oracleRun.ts";

const user = getAddress("0x52908400098527886e0f7030069857d2e4169ee7");
const me = "buyer@fiatpay.example";
const password = "correct horse battery";
const terms = { payee: "seller@fiatpay.example", cents: 2_500, salt: keccak256("0x05") };
const offer = offerId(terms);

const { caPem, site: tls } = createSiteCertificates("fiatpay.example");

describe("buyTokens/oracle.py", () => {
  let folder: string;
  let server: Server;
  let ledger: Ledger;
  let desk: LoginDesk;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "oracle-test-"));
    await writeFile(join(folder, "ca.pem"), caPem);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    ledger = createLedger(() => Date.UTC(2026, 0, 2));
    desk = createLoginDesk({ passwords: new Map([[me, password]]), random: randomBytes });
    server = createFiatPaySite({ tls, desk, ledger });
    await listenLocally(server, 0);
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
    return () => closeServer(server);
  });

  const pay = (changes: Partial<Parameters<Ledger["pay"]>[0]> = {}) =>
    ledger.pay({ from: me, to: terms.payee, cents: terms.cents, message: offer, ...changes });

  /** Runs the script; what a person types is right where `changes` do not say otherwise. */
  function run(changes: Readonly<Record<string, string>> = {}, caFile = "ca.pem"): Promise<OracleRun> {
    const answers: Readonly<Record<string, () => string>> = {
      "The seller's FiatPay account, as the offer says:": () => terms.payee,
      "The price in cents, as the offer says:": () => String(terms.cents),
      "The offer's salt (64 hex digits):": () => terms.salt,
      "Your FiatPay account:": () => me,
      "Your FiatPay password:": () => password,
      "The one-time code that FiatPay sent to your phone:": () => desk.phoneOf(me) ?? "",
    };
    const answer = (prompt: string): string => changes[prompt] ?? answers[prompt]?.() ?? "";
    return runOracle({ user, port, caFile: join(folder, caFile), answer });
  }

  it("finds the payment and submits its buyer, offer and transaction", async () => {
    pay({ message: "something else" });
    const { id } = pay();
    const ended = await run();
    expect(ended.status).toBe(0);
    const submission = submissionOf(ended);
    expect(submission.function).toBe("buyTokens(address,bytes32,bytes32)");
    expect(decodeFunctionData({ abi: fiatPayAbi, data: submission.calldata })).toEqual({
      functionName: "buyTokens",
      args: [user, offer, keccak256(encodeAbiParameters([{ type: "string" }], [id]))],
    });
  });

  it("asks for password and code as secrets, and for nothing else", async () => {
    pay();
    const { lines } = await run();
    const questions = lines.filter((line) => line.type === "userInput");
    expect(questions.filter(({ secret }) => secret).map((question) => question.message)).toEqual([
      "Your FiatPay password:",
      "The one-time code that FiatPay sent to your phone:",
    ]);
    expect(questions).toHaveLength(6);
    expect(JSON.stringify(lines)).not.toContain(password);
  });

  it("finds the payment in a message with other text, HTML and quotes in it", async () => {
    pay({ message: `"><tr class='payment'> & ${offer.slice(2)} <b>thanks</b>` });
    expect(submissionOf(await run()).calldata).toContain(offer.slice(2));
  });

  it("believes no row that a message writes", async () => {
    const row = `<tr class="payment" data-kind="sent" data-id="FP-9" data-other="${terms.payee}" data-cents="2500" data-message="${offer}">`;
    ledger.pay({ from: "friend@fiatpay.example", to: me, cents: 1, message: row });
    expect(refusalOf(await run())).toContain("No payment of yours carries the offer id");
  });

  it("refuses a wrong amount", async () => {
    pay({ cents: 2_499 });
    expect(refusalOf(await run())).toBe(
      "LookupError: You sent 24.99 to seller@fiatpay.example, but the offer asks for 25.00 to seller@fiatpay.example.",
    );
  });

  it("refuses a payment to someone else", async () => {
    pay({ to: "friend@fiatpay.example" });
    expect(refusalOf(await run())).toBe(
      "LookupError: You sent 25.00 to friend@fiatpay.example, but the offer asks for 25.00 to seller@fiatpay.example.",
    );
  });

  it("refuses where no payment carries the message", async () => {
    pay({ message: "thanks" });
    expect(refusalOf(await run())).toBe(
      `LookupError: No payment of yours carries the offer id ${offer.slice(2)} in its message.`,
    );
  });

  it("does not count a payment that was received with the message", async () => {
    ledger.pay({ from: terms.payee, to: me, cents: terms.cents, message: offer });
    expect(refusalOf(await run())).toContain("No payment of yours carries the offer id");
  });

  it("takes no terms but the offer's: others make another id", async () => {
    pay({ cents: 1 });
    const cheaper = await run({ "The price in cents, as the offer says:": "1" });
    expect(refusalOf(cheaper)).toContain("No payment of yours carries the offer id");
  });

  it("refuses a wrong password and a wrong code", async () => {
    pay();
    expect(refusalOf(await run({ "Your FiatPay password:": "wrong" }))).toBe(
      "PermissionError: FiatPay did not accept this account and password.",
    );
    expect(refusalOf(await run({ "The one-time code that FiatPay sent to your phone:": "x" }))).toBe(
      "PermissionError: FiatPay did not accept this code.",
    );
  });

  it("refuses a site that no authority vouches for", async () => {
    pay();
    const { caPem: other } = createSiteCertificates("fiatpay.example");
    await writeFile(join(folder, "other.pem"), other);
    expect(refusalOf(await run({}, "other.pem"))).toContain("CERTIFICATE_VERIFY_FAILED");
  });
});

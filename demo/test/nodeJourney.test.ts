import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAnswers } from "../journey/answers.ts";
import { runNodeSession } from "../journey/nodeClient.ts";
import { buyTokens } from "../world/dapp.ts";
import { readFolder } from "../world/folder.ts";
import { startWorld, type World } from "../world/world.ts";

const oracleFolder = fileURLToPath(new URL("../../examples/fiat-pay/buyTokens", import.meta.url));
const generousMs = 180_000;

const isLinux = process.platform === "linux";

describe.skipIf(!isLinux)("the journey from Node to Node (not Linux)", { timeout: generousMs }, () => {
  let home: string;
  let world: World;
  const heard: string[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "oc-home-"));
    world = await startWorld({ home, oracleFolder, log: () => undefined, progress: () => undefined });
  }, generousMs);
  afterAll(async () => {
    await world.stop();
    await rm(home, { recursive: true, force: true });
  }, generousMs);

  const run = async (cents: number) => {
    const offer = await world.market.createOffer();
    world.dapp.show(offer);
    const payment = { from: world.site.login.account, to: offer.payee, message: offer.offerId };
    world.site.ledger.pay({ ...payment, cents });
    const answers = createAnswers(world.site, offer);
    const result = await runNodeSession(
      {
        chainId: world.chain.chainId,
        target: world.market.fiatPay,
        functionSignature: buyTokens,
        files: await readFolder(oracleFolder),
        user: world.accounts.buyer,
        valueWei: 0n,
        maxPaymentWei: 10n ** 19n,
      },
      world.trust,
      { answer: (prompt) => Promise.resolve(answers(prompt)), log: (line) => heard.push(line) },
    );
    return { offer, result };
  };

  it("ends in a result that says what the site showed, for the person who asked", async () => {
    const { offer, result } = await run(2_500);
    expect(result.result.user).toBe(world.accounts.buyer);
    expect(result.result.oracleHash).toBe(world.oracleHash);
    expect(result.arguments[1]?.text).toBe(offer.offerId);
    expect(heard.some((line) => line.startsWith("oracle-attested"))).toBe(true);
  });

  it("ends in the script's refusal where the payment is of the wrong amount", async () => {
    await expect(run(2_499)).rejects.toMatchObject({ code: "ENCLAVE_SCRIPT_EXCEPTION" });
    expect(heard.join("\n")).toContain("but the offer asks for 25.00");
  });
});

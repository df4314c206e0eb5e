import type { Address, Hex } from "#protocol/bytes.ts";
import {
  encodeAbiParameters,
  encodeFunctionData,
  erc20Abi,
  getAddress,
  getContract,
  keccak256,
  parseEventLogs,
  stringToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "../../../contracts/test/freshSystem.ts";
import { refusalOf } from "../../../contracts/test/refusal.ts";
import { certify, submit, trySubmit } from "../../../contracts/test/submission.ts";
import { scriptHash, testAccount, type TestSystem } from "../../../contracts/test/system.ts";
import { offerId } from "../offer.ts";
import { fiatPayAbi } from "./fiatPayAbi.ts";

const day = 86_400;
const tokens = 25n * 10n ** 18n;
const terms = { payee: "seller@fiatpay.example", cents: 2_500, salt: keccak256("0x05") };
const offered = offerId(terms);
const otherOffer = offerId({ ...terms, cents: 2_501 });
const transactionId = keccak256(encodeAbiParameters([{ type: "string" }], ["FP-2026-000001"]));
const otherTransaction = keccak256(encodeAbiParameters([{ type: "string" }], ["FP-2026-000002"]));

/** Deploys market and token; the seller is the system's deployer. */
async function openMarket(system: TestSystem, hash: Hex = scriptHash) {
  const { client: reader, wallets, connection, hubAddress } = system;
  const at = (wallet: typeof wallets.deployer) => ({ public: reader, wallet });
  const erc20 = await connection.viem.deployContract("ExampleToken");
  const token = getContract({ address: erc20.address, abi: erc20Abi, client: at(wallets.deployer) });
  const { address } = await connection.viem.deployContract("FiatPay", [hubAddress, erc20.address, hash]);
  const asSeller = getContract({ address, abi: fiatPayAbi, client: at(wallets.deployer) });
  const asStranger = getContract({ address, abi: fiatPayAbi, client: at(wallets.stranger) });
  await token.write.approve([address, 10n * tokens]);
  return { token, address, asSeller, asStranger };
}

type OpenMarket = Awaited<ReturnType<typeof openMarket>>;

function buyCall(buyer: Address, offer = offered, transaction = transactionId): Hex {
  return encodeFunctionData({
    abi: fiatPayAbi,
    functionName: "buyTokens",
    args: [buyer, offer, transaction],
  });
}

const refusal = (action: Promise<unknown>) => refusalOf(action, fiatPayAbi);

describe("FiatPay", () => {
  let market: OpenMarket;
  const current = freshSystem(async (system) => {
    await certify(system);
    market = await openMarket(system);
    await market.asSeller.write.offer([offered, tokens]);
  });
  let system: TestSystem;
  let buyer: Address;
  beforeEach(() => {
    system = current();
    buyer = getAddress(system.wallets.user.account.address);
  });
  const result = (call: Hex, nonce = 0n) => ({ target: market.address, call, nonce });
  const announced = async () => {
    await market.asSeller.write.announceWithdrawal([offered]);
    return (await system.time.latest()) + day;
  };

  it("takes the seller's tokens with the offer", async () => {
    expect(await market.token.read.balanceOf([market.address])).toBe(tokens);
    const [seller, held, withdrawableFrom] = await market.asSeller.read.offers([offered]);
    expect([seller, held, withdrawableFrom]).toEqual([
      getAddress(system.wallets.deployer.account.address),
      tokens,
      0,
    ]);
  });

  it("releases the tokens to the user of the result", async () => {
    const hash = await submit(system, result(buyCall(buyer)));
    expect(await market.token.read.balanceOf([buyer])).toBe(tokens);
    expect(await market.asSeller.read.spent([transactionId])).toBe(true);
    const { logs } = await system.client.getTransactionReceipt({ hash });
    const [bought] = parseEventLogs({ abi: fiatPayAbi, eventName: "Bought", logs });
    expect(bought?.args).toEqual({ offerId: offered, transactionId, buyer, tokens });
  });

  it("releases once per transaction, whatever the offer", async () => {
    await submit(system, result(buyCall(buyer)));
    await market.asSeller.write.offer([otherOffer, tokens]);
    const again = trySubmit(system, result(buyCall(buyer, otherOffer), 1n));
    expect(await refusal(again)).toEqual({ name: "FiatPayTransactionSpent", args: [transactionId] });
    await submit(system, result(buyCall(buyer, otherOffer, otherTransaction), 1n));
    expect(await market.token.read.balanceOf([buyer])).toBe(2n * tokens);
  });

  it("releases once per offer", async () => {
    await submit(system, result(buyCall(buyer)));
    const again = trySubmit(system, result(buyCall(buyer, offered, otherTransaction), 1n));
    expect(await refusal(again)).toEqual({ name: "FiatPayNoOffer", args: [offered] });
  });

  it("releases for the offer that was proven alone", async () => {
    const attempt = trySubmit(system, result(buyCall(buyer, otherOffer)));
    expect(await refusal(attempt)).toEqual({ name: "FiatPayNoOffer", args: [otherOffer] });
  });

  it("releases to nobody but the user of the result", async () => {
    const thief = getAddress(system.wallets.stranger.account.address);
    expect(await refusal(trySubmit(system, result(buyCall(thief))))).toEqual({
      name: "FiatPayNotBuyer",
      args: [thief],
    });
    const stolen = trySubmit(system, result(buyCall(buyer)), { account: thief });
    expect(await refusal(stolen)).toEqual({ name: "HubWrongSubmitter", args: [buyer, thief] });
  });

  it("a refusal spends neither the transaction nor the result", async () => {
    await refusal(submit(system, result(buyCall(buyer, otherOffer))));
    expect(await market.asSeller.read.spent([transactionId])).toBe(false);
    await submit(system, result(buyCall(buyer)));
    expect(await market.token.read.balanceOf([buyer])).toBe(tokens);
  });

  it("lets nobody past the Hub", async () => {
    const seller = getAddress(system.wallets.deployer.account.address);
    const direct = market.asSeller.write.buyTokens([seller, offered, transactionId]);
    expect(await refusal(direct)).toEqual({ name: "OpenContractNotHub", args: [seller] });
  });

  it("admits the named script for this function alone", async () => {
    const other = { ...result(buyCall(buyer)), oracleHash: keccak256("0x09") };
    expect((await refusal(trySubmit(system, other))).name).toBe("HubOracleHashNotAllowed");
    const call = encodeFunctionData({ abi: fiatPayAbi, functionName: "withdraw", args: [offered] });
    expect((await refusal(trySubmit(system, result(call)))).name).toBe("HubOracleHashNotAllowed");
  });

  it("admits nothing where no script is named", async () => {
    const open = await openMarket(system, zeroHash);
    await open.asSeller.write.offer([offered, tokens]);
    for (const oracleHash of [zeroHash, scriptHash]) {
      const attempt = trySubmit(system, { target: open.address, call: buyCall(buyer), oracleHash });
      expect((await refusal(attempt)).name).toBe("HubOracleHashNotAllowed");
    }
  });

  it("needs a Hub that has code", async () => {
    const { address } = testAccount("no hub");
    const { connection } = system;
    const deployment = connection.viem.deployContract("FiatPay", [address, zeroAddress, scriptHash]);
    expect(await refusal(deployment)).toEqual({ name: "OpenContractHubWithoutCode", args: [address] });
  });

  it("keeps one offer per id", async () => {
    expect(await refusal(market.asSeller.write.offer([offered, tokens]))).toEqual({
      name: "FiatPayOfferExists",
      args: [offered],
    });
  });

  it("makes no offer of tokens that it does not get", async () => {
    const unfunded = market.asStranger.write.offer([otherOffer, tokens]);
    expect((await refusal(unfunded)).name).toBe("ERC20InsufficientAllowance");
    expect((await market.asSeller.read.offers([otherOffer]))[0]).toBe(zeroAddress);
  });

  it("gives tokens back to the seller after the notice, not before", async () => {
    const early = market.asSeller.write.withdraw([offered]);
    expect(await refusal(early)).toEqual({ name: "FiatPayTooEarly", args: [0n] });
    const from = await announced();
    expect((await market.asSeller.read.offers([offered]))[2]).toBe(from);
    await system.time.setNextBlockTimestamp(from - 1);
    expect(await refusal(market.asSeller.write.withdraw([offered]))).toEqual({
      name: "FiatPayTooEarly",
      args: [BigInt(from)],
    });
    await system.time.increaseTo(from);
    await market.asSeller.write.withdraw([offered]);
    expect(await market.token.read.balanceOf([market.address])).toBe(0n);
    expect((await market.asSeller.read.offers([offered]))[0]).toBe(zeroAddress);
  });

  it("sells to a buyer who proves the payment during the notice", async () => {
    const from = await announced();
    await submit(system, result(buyCall(buyer)));
    await system.time.increaseTo(from);
    expect(await refusal(market.asSeller.write.withdraw([offered]))).toEqual({
      name: "FiatPayNoOffer",
      args: [offered],
    });
  });

  it("lets the seller alone withdraw", async () => {
    const stranger = getAddress(system.wallets.stranger.account.address);
    const refused = { name: "FiatPayNotSeller", args: [stranger] };
    expect(await refusal(market.asStranger.write.announceWithdrawal([offered]))).toEqual(refused);
    await system.time.increaseTo(await announced());
    expect(await refusal(market.asStranger.write.withdraw([offered]))).toEqual(refused);
    const none = market.asSeller.write.announceWithdrawal([otherOffer]);
    expect(await refusal(none)).toEqual({ name: "FiatPayNoOffer", args: [otherOffer] });
  });

  it("has terms that only one id fits", () => {
    const others = [
      { ...terms, cents: 2_499 },
      { ...terms, payee: "thief@fiatpay.example" },
      { ...terms, salt: keccak256(stringToHex("other")) },
    ];
    expect(new Set([terms, ...others].map(offerId)).size).toBe(4);
  });
});

import { randomBytes } from "node:crypto";
import { createPublicClient, createWalletClient, http, type Abi, type Address, type Hex } from "viem";
import { hardhat } from "viem/chains";
import { InternalError } from "#protocol/errors.ts";
import { toHex } from "#protocol/bytes.ts";
import { offerId, type OfferTerms } from "../../examples/fiat-pay/offer.ts";
import { readArtifact, type Artifact } from "./artifact.ts";

/** The seller's offer, as the demo world makes it. */
export interface DemoOffer extends OfferTerms {
  readonly offerId: Hex;
  /** What the buyer gets, in base units of the token. */
  readonly tokens: bigint;
}

/** Sends transactions from the node's unlocked accounts. */
export interface Sender {
  /** Deploys `artifact` and returns its address. */
  deploy(from: Address, artifact: Artifact, args: readonly unknown[]): Promise<Address>;
  /** Calls a function and waits for its receipt. */
  send(from: Address, to: { readonly address: Address; readonly abi: Abi }, call: Call): Promise<void>;
}

/** A function and its arguments. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Opens a sender on the node at `rpcUrl`. */
export function openSender(rpcUrl: string): Sender {
  const transport = http(rpcUrl);
  const wallet = createWalletClient({ chain: hardhat, transport });
  const client = createPublicClient({ chain: hardhat, transport });
  const mined = async (hash: Hex): Promise<Address | null | undefined> => {
    const receipt = await client.waitForTransactionReceipt({ hash, pollingInterval: 50 });
    if (receipt.status !== "success") throw new InternalError("INTERNAL", { actual: `reverted: ${hash}` });
    return receipt.contractAddress;
  };
  return {
    async deploy(account, { abi, bytecode }, args) {
      const address = await mined(await wallet.deployContract({ account, abi, bytecode, args }));
      if (address === null || address === undefined) throw new InternalError("INTERNAL");
      return address;
    },
    async send(account, { address, abi }, { name, args }) {
      await mined(await wallet.writeContract({ account, address, abi, functionName: name, args }));
    },
  };
}

/** The example contract and the token it sells. */
export interface Market {
  readonly fiatPay: Address;
  readonly token: Address;
  /** Has the seller leave tokens under fresh terms. */
  createOffer(): Promise<DemoOffer>;
}

const offeredTokens = 25n * 10n ** 18n;
const unlimited = 2n ** 256n - 1n;

/** Deploys FiatPay for the script `scriptHash`, and the token that it sells. */
export async function openMarket(
  sender: Sender,
  seller: Address,
  { hub, scriptHash }: { readonly hub: Address; readonly scriptHash: Hex },
): Promise<Market> {
  const contract = await readArtifact("examples/fiat-pay/FiatPay.sol", "FiatPay");
  const erc20 = await readArtifact("examples/fiat-pay/ExampleToken.sol", "ExampleToken");
  const token = await sender.deploy(seller, erc20, []);
  const fiatPay = await sender.deploy(seller, contract, [hub, token, scriptHash]);
  const tokenAt = { address: token, abi: erc20.abi };
  await sender.send(seller, tokenAt, { name: "approve", args: [fiatPay, unlimited] });
  return {
    fiatPay,
    token,
    async createOffer() {
      const terms = { payee: "seller@fiatpay.example", cents: 2_500, salt: toHex(randomBytes(32)) };
      const offer = { ...terms, offerId: offerId(terms), tokens: offeredTokens };
      const market = { address: fiatPay, abi: contract.abi };
      await sender.send(seller, market, { name: "offer", args: [offer.offerId, offeredTokens] });
      return offer;
    },
  };
}

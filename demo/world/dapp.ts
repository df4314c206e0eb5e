import { createDappServer } from "../../examples/fiat-pay/dapp/server.ts";
import type { DemoOffer, Market } from "./market.ts";
import type { Recorder } from "./recorder.ts";
import { closeServer, listenLocally } from "./servers.ts";

/** The example's page on this machine. */
export interface Dapp {
  readonly url: string;
  /** The offer that the page shows. */
  readonly offer: () => DemoOffer;
  /** Has the page show another offer from its next load on. */
  show(offer: DemoOffer): void;
  stop(): Promise<void>;
}

/** What the page shows and hands to the extension. */
export interface DappParts {
  readonly chainId: number;
  readonly market: Market;
  readonly offer: DemoOffer;
  readonly oracleFolder: string;
  /** Shown in place of the market where a person brought a folder. */
  readonly recorder: Recorder | undefined;
}

/** The example's function, with the names of its arguments for the consent page. */
export const buyTokens = "buyTokens(address buyer, bytes32 offerId, bytes32 transactionId)";

/** Serves the page on 127.0.0.1:`port`. */
export async function startDapp(parts: DappParts, port: number): Promise<Dapp> {
  const { chainId, market, recorder } = parts;
  let { offer } = parts;
  const config = () => ({
    chainId,
    contract: recorder?.address ?? market.fiatPay,
    function: recorder?.functionSignature ?? buyTokens,
    token: market.token,
    offer: recorder === undefined ? { ...offer, tokens: offer.tokens.toString() } : null,
  });
  const oracleFolder = recorder?.oracleFolder ?? parts.oracleFolder;
  const server = createDappServer({ config, oracleFolder });
  await listenLocally(server, port);
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    offer: () => offer,
    show(next) {
      offer = next;
    },
    stop: () => closeServer(server),
  };
}

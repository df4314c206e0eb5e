import { createDappServer } from "../../examples/fiat-pay/dapp/server.ts";
import type { DemoOffer, Market } from "./market.ts";
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
}

/** Serves the page on 127.0.0.1:`port`. */
export async function startDapp(parts: DappParts, port: number): Promise<Dapp> {
  const { chainId, market, oracleFolder } = parts;
  let { offer } = parts;
  const config = () => ({
    chainId,
    contract: market.fiatPay,
    token: market.token,
    offer: { ...offer, tokens: offer.tokens.toString() },
  });
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

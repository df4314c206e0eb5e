import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { createLedger, type Ledger } from "../../examples/fiat-pay/site/ledger.ts";
import { createLoginDesk, type LoginDesk } from "../../examples/fiat-pay/site/login.ts";
import { createFiatPaySite } from "../../examples/fiat-pay/site/server.ts";
import { closeServer, listenLocally } from "./servers.ts";
import { createSiteCertificates } from "./siteCertificate.ts";

/** The FiatPay site as it runs in the demo world. */
export interface DemoSite {
  readonly hostName: "fiatpay.example";
  /** Where it really listens, `address:port`. */
  readonly address: string;
  /** PEM of the authority that issued its certificate. */
  readonly caPem: string;
  /** SHA-256 of the certificate's SPKI, base64, for the demo's browser. */
  readonly spkiSha256: string;
  readonly ledger: Ledger;
  readonly desk: LoginDesk;
  readonly login: { readonly account: string; readonly password: string };
  stop(): Promise<void>;
}

const hostName = "fiatpay.example";
const login = { account: "buyer@fiatpay.example", password: "correct horse battery" };

/** Starts the site over HTTPS on 127.0.0.1:`port`, with a certificate made now. */
export async function startSite(port: number): Promise<DemoSite> {
  const { caPem, site } = createSiteCertificates(hostName);
  const ledger = createLedger(Date.now);
  const desk = createLoginDesk({
    passwords: new Map([
      [login.account, login.password],
      ["seller@fiatpay.example", "another long password"],
    ]),
    random: randomBytes,
  });
  const server = createFiatPaySite({ tls: site, desk, ledger });
  await listenLocally(server, port);
  const spki = new X509Certificate(site.cert).publicKey.export({ type: "spki", format: "der" });
  return {
    hostName,
    address: `127.0.0.1:${String(port)}`,
    caPem,
    spkiSha256: createHash("sha256").update(spki).digest("base64"),
    ledger,
    desk,
    login,
    stop: () => closeServer(server),
  };
}

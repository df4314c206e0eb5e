import type { Address } from "#protocol/bytes.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { createEnclaveStarter, type DemoEnclave, type WorldFiles } from "./enclaves.ts";
import type { Ends } from "./ends.ts";
import type { DemoLedger } from "./ledger.ts";
import { openFreePorts } from "./ports.ts";
import { registerRegistry } from "./registration.ts";
import type { DemoSite } from "./site.ts";

const oraclePriceWei = 10n ** 18n;
const registryPriceWei = 10n ** 17n;
/** The registry's name inside the oracle enclave; the egress maps it to this machine. */
const registryName = "registry.demo.internal";

/** What the two enclaves live on. */
export interface EnclaveSurroundings {
  readonly files: WorldFiles;
  readonly log: (line: string) => void;
  readonly site: DemoSite;
  readonly trust: TrustConfig;
  readonly ledger: DemoLedger;
  readonly advertise: (relayUrl: string) => Promise<string>;
}

/** A registry on the Hub's list and an oracle that it has certified. */
export interface EnclavePair {
  readonly registry: DemoEnclave & { readonly signer: Address };
  readonly oracle: DemoEnclave;
}

/** Starts registry and oracle with their relays and the egress; registers the registry by its attestation. */
export async function startEnclaves(surroundings: EnclaveSurroundings, ends: Ends): Promise<EnclavePair> {
  const { files, log, ledger, site } = surroundings;
  const starter = createEnclaveStarter(files, log);
  ends.add(() => Promise.all(starter.started.map((process) => process.stop())));
  const [registryPort = 0, oraclePort = 0] = await openFreePorts(2);
  const { chainId } = ledger.chain;
  const { hub } = ledger.chainTrust;
  const { registryProvider, oracleProvider } = ledger.accounts;
  const registryPrice = { provider: registryProvider, chainId, hub, priceWei: registryPriceWei };
  const registry = await starter.registry({ ...registryPrice, port: registryPort });
  const signer = await register(registry, surroundings);
  const egressSocket = await starter.egress([
    `${site.hostName}:443=${site.address}`,
    `${registryName}:80=127.0.0.1:${String(registryPort)}`,
  ]);
  const oracle = await starter.oracle({
    ...{ provider: oracleProvider, chainId, hub, priceWei: oraclePriceWei },
    ...{ port: oraclePort, registryUrl: `ws://${registryName}`, egressSocket },
    advertise: surroundings.advertise,
  });
  return { registry: { ...registry, signer }, oracle };
}

async function register(registry: DemoEnclave, { ledger, trust }: EnclaveSurroundings): Promise<Address> {
  const { document } = await registry.control.status("identity");
  const { sender, system, accounts, simulationKey } = ledger;
  return registerRegistry(
    sender,
    { system, trust },
    {
      documentHex: document,
      endpoint: registry.endpoint,
      provider: accounts.registryProvider,
      simulationKey,
    },
  );
}

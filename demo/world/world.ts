import type { Address, Hex } from "#protocol/bytes.ts";
import { oracleHash } from "#protocol/folder/manifest.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import type { DeployedSystem } from "../../contracts/deploy.ts";
import type { DemoAccounts } from "./accounts.ts";
import type { DemoChain } from "./chain.ts";
import type { ChainProxy } from "./chainProxy.ts";
import { startDapp, type Dapp } from "./dapp.ts";
import type { DemoEnclave, WorldFiles } from "./enclaves.ts";
import { startEnclaves } from "./enclavePair.ts";
import { createEnds, type Ends } from "./ends.ts";
import { openRunFolder, writeWorldFiles } from "./files.ts";
import { readFolder } from "./folder.ts";
import { startLedger } from "./ledger.ts";
import { openMarket, type DemoOffer, type Market, type Sender } from "./market.ts";
import { deployRecorder, type OwnOracle, type Recorder } from "./recorder.ts";
import { openFreePorts } from "./ports.ts";
import { openSimulatedRoot } from "./simulatedRoot.ts";
import { startSite, type DemoSite } from "./site.ts";
import { createDevelopmentTrust } from "./trust.ts";

/** Everything of one running demo world. */
export interface World {
  readonly chain: DemoChain;
  readonly chainProxy: ChainProxy;
  readonly accounts: DemoAccounts;
  readonly sender: Sender;
  readonly system: DeployedSystem;
  readonly market: Market;
  readonly site: DemoSite;
  readonly registry: DemoEnclave & { readonly signer: Address };
  readonly oracle: DemoEnclave;
  readonly trust: TrustConfig;
  readonly files: WorldFiles;
  readonly oracleHash: Hex;
  readonly dapp: Dapp;
  /** The contract of a person's own folder; undefined where none was given. */
  readonly recorder: Recorder | undefined;
  /** Ends every process and server and removes this run's files. Safe to call twice. */
  stop(): Promise<void>;
}

/** What to build the world for. */
export interface WorldOptions {
  /** Folder that keeps the simulated root between runs; ignored by git. */
  readonly home: string;
  /** The example's oracle folder. */
  readonly oracleFolder: string;
  /** A person's own folder, to be run in place of the example's. */
  readonly own?: OwnOracle | undefined;
  readonly log: (line: string) => void;
  /** Called at the start of each step. */
  readonly progress: (step: string) => void;
  /** For tests: the URL that clients are told for the oracle, given its relay's. */
  readonly advertise?: (relayUrl: string) => Promise<string>;
}

/**
 * Starts the demo world: chain and contracts, site, registry, oracle, relay, egress, dApp. Nothing is left behind when a
 * step fails. What has been started so far can be ended by `ends` before the whole world stands.
 * @throws TransportError DEMO_PROCESS_FAILED; UsageError FOLDER_* for an unfit oracle folder
 */
export async function startWorld(options: WorldOptions, ends: Ends = createEnds()): Promise<World> {
  try {
    return { ...(await buildWorld(options, ends)), stop: () => ends.run() };
  } catch (error) {
    await ends.run();
    throw error;
  }
}

async function buildWorld(options: WorldOptions, ends: Ends): Promise<Omit<World, "stop">> {
  const { home, oracleFolder, log, progress } = options;
  const scriptHash = await oracleHash(await readFolder(oracleFolder));
  const run = await openRunFolder(home, ends);
  progress("Starting a chain and deploying the contracts");
  const ledger = await startLedger({ log, ends });
  const { hub } = ledger.system;
  const market = await openMarket(ledger.sender, ledger.accounts.seller, { hub, scriptHash });
  const offer = await market.createOffer();
  const { deployer } = ledger.accounts;
  const recorder = options.own && (await deployRecorder(ledger.sender, options.own, { hub, deployer }));
  progress("Starting the FiatPay site and the dApp");
  const { site, dapp } = await startPages({ ledger, market, offer, oracleFolder, recorder }, ends);
  const root = await openSimulatedRoot(home);
  const trust = createDevelopmentTrust(root.root.rootDer, ledger.chainTrust);
  const files = await writeWorldFiles(run, { trust, simulatedRoot: root.path, siteCaPem: site.caPem });
  progress("Starting a registry enclave, registered by its attestation, and an oracle enclave");
  const enclaves = await startEnclaves(
    { files, log, site, trust, ledger, advertise: options.advertise ?? ((url) => Promise.resolve(url)) },
    ends,
  );
  return { ...ledger, ...enclaves, market, recorder, site, dapp, trust, files, oracleHash: scriptHash };
}

async function startPages(
  parts: {
    readonly ledger: { readonly chain: DemoChain };
    readonly market: Market;
    readonly offer: DemoOffer;
    readonly oracleFolder: string;
    readonly recorder: Recorder | undefined;
  },
  ends: Ends,
): Promise<{ readonly site: DemoSite; readonly dapp: Dapp }> {
  const [sitePort = 0, dappPort = 0] = await openFreePorts(2);
  const site = await startSite(sitePort);
  ends.add(() => site.stop());
  const { ledger, ...shown } = parts;
  const dapp = await startDapp({ chainId: ledger.chain.chainId, ...shown }, dappPort);
  ends.add(() => dapp.stop());
  return { site, dapp };
}

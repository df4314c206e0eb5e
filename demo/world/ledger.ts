import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import type { Address, Hex } from "#protocol/bytes.ts";
import type { ChainTrust } from "#protocol/trust/config.ts";
import { deployLocal, type DeployedSystem } from "../../contracts/deploy.ts";
import { readAccounts, type DemoAccounts } from "./accounts.ts";
import { startChain, type DemoChain } from "./chain.ts";
import { startChainProxy, type ChainProxy } from "./chainProxy.ts";
import type { Ends } from "./ends.ts";
import { openSender, type Sender } from "./market.ts";
import { openFreePorts } from "./ports.ts";
import { simulatedImage } from "./trust.ts";

/** The chain of the demo world with its contracts. */
export interface DemoLedger {
  readonly chain: DemoChain;
  readonly chainProxy: ChainProxy;
  readonly accounts: DemoAccounts;
  readonly sender: Sender;
  readonly system: DeployedSystem;
  /** What a development build compiles in about this chain. */
  readonly chainTrust: ChainTrust;
  /** Key whose endorsements of simulated documents the chain's verifier believes. */
  readonly simulationKey: Hex;
}

/** Starts the chain and its second endpoint, and deploys Hub, OPN, burner and the simulation's verifier. */
export async function startLedger(parts: {
  readonly log: (line: string) => void;
  readonly ends: Ends;
}): Promise<DemoLedger> {
  const [chainPort = 0, proxyPort = 0] = await openFreePorts(2);
  const chain = await startChain(chainPort, parts.log);
  parts.ends.add(() => chain.process.stop());
  const chainProxy = await startChainProxy(chain.url, proxyPort);
  parts.ends.add(() => chainProxy.stop());
  const simulationKey = generatePrivateKey();
  const system = await deployLocal({
    rpcUrl: chain.url,
    oracleImage: simulatedImage("oracle"),
    registryImage: simulatedImage("registry"),
    simulationSigner: privateKeyToAddress(simulationKey),
  });
  const accounts = await readAccounts(chain.url);
  const chainTrust = createChainTrust(chain, chainProxy, system);
  return { chain, chainProxy, accounts, sender: openSender(chain.url), system, chainTrust, simulationKey };
}

function createChainTrust(chain: DemoChain, chainProxy: ChainProxy, system: DeployedSystem): ChainTrust {
  return {
    chainId: chain.chainId,
    name: "Local development chain",
    hub: system.hub.toLowerCase() as Address,
    hubCodeHash: system.hubCodeHash,
    endpoints: [chain.url, chainProxy.url],
  };
}

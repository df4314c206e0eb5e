import type { Address, Hex } from "#protocol/bytes.ts";
import "@nomicfoundation/hardhat-toolbox-viem";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { keccak256 } from "viem";
import local from "./ignition/modules/Local.ts";

/** What the development chain is deployed with. */
export interface LocalDeployment {
  /** Image of the oracle enclave: keccak256(PCR0 || PCR1 || PCR2). */
  readonly oracleImage: Hex;
  /** Image of the registry enclave. */
  readonly registryImage: Hex;
  /** Account whose endorsements of simulated documents count. */
  readonly simulationSigner: Address;
}

/** The contracts of a deployed system. */
export interface DeployedSystem {
  readonly chainId: number;
  readonly hub: Address;
  /** keccak256 of the Hub's runtime code. */
  readonly hubCodeHash: Hex;
  /** The roster is a part of the Hub: the same address. */
  readonly roster: Address;
  readonly opn: Address;
  readonly burner: Address;
  readonly verifier: Address;
  readonly authority: Address;
  /** May take trust away. On the development chain an account of the node. */
  readonly guardian: Address;
  /** May add images. On the development chain an account of the node. */
  readonly governance: Address;
}

interface Deployed {
  readonly address: Address;
}

// Of the node's 20 accounts the first deploys; the last ones stay out of the way of people's.
const HOLDER_INDEX = 17;
const GOVERNANCE_INDEX = 18;
const GUARDIAN_INDEX = 19;

/**
 * Deploys the whole system to the `hardhat node` at `rpcUrl`, by Ignition. On a fresh node the addresses are the same
 * every time, and so is the Hub's code hash. Compiles first where needed. No journal stays behind.
 */
export async function deployLocal(
  options: LocalDeployment & { readonly rpcUrl: string },
): Promise<DeployedSystem> {
  await hre.tasks.getTask("build").run({ quiet: true });
  const connection = await hre.network.create({
    network: "localhost",
    chainType: "l1",
    override: { url: options.rpcUrl },
  });
  const deploymentId = `local-${randomUUID()}`;
  try {
    return await deployTo(connection, options, deploymentId);
  } finally {
    await rm(join(hre.config.paths.ignition, "deployments", deploymentId), { recursive: true, force: true });
    await connection.close();
  }
}

/** As {@link deployLocal}, over a connection that the caller opened: a test's chain in memory. */
export async function deployTo(
  connection: NetworkConnection<"l1">,
  options: LocalDeployment,
  deploymentId?: string,
): Promise<DeployedSystem> {
  const { guardian, governance, holder } = await nodeAccounts(connection);
  const { oracleImage, registryImage, simulationSigner } = options;
  const images = [
    { image: oracleImage, kind: 1 },
    { image: registryImage, kind: 2 },
  ];
  const contracts: Record<keyof typeof local.results, Deployed> = await connection.ignition.deploy(local, {
    parameters: {
      Local: { images, guardian, governance, holder, simulationSigner, pendingPeriod: 0, governanceDelay: 0 },
    },
    config: { blockPollingInterval: 20, requiredConfirmations: 1 },
    ...(deploymentId === undefined ? {} : { deploymentId }),
  });
  const publicClient = await connection.viem.getPublicClient();
  const code = await publicClient.getCode({ address: contracts.hub.address });
  return {
    chainId: await publicClient.getChainId(),
    hub: contracts.hub.address,
    hubCodeHash: keccak256(code ?? "0x"),
    roster: contracts.hub.address,
    opn: contracts.token.address,
    burner: contracts.burner.address,
    verifier: contracts.verifier.address,
    authority: contracts.authority.address,
    guardian,
    governance,
  };
}

async function nodeAccounts(connection: NetworkConnection<"l1">) {
  const wallets = await connection.viem.getWalletClients();
  const at = (index: number): Address => {
    const wallet = wallets[index];
    if (wallet === undefined) throw new Error(`the node has no account ${String(index)}`);
    return wallet.account.address;
  };
  return { guardian: at(GUARDIAN_INDEX), governance: at(GOVERNANCE_INDEX), holder: at(HOLDER_INDEX) };
}

import { hubAbi } from "#protocol/abi/hub.ts";
import { opnTestnetAbi } from "#protocol/abi/opnTestnet.ts";
import type { Address, Hex } from "#protocol/bytes.ts";
import { hubDomain, oracleCertificateTypes, resultTypes } from "#protocol/eip712.ts";
import type { HubDomain, OracleCertificate, SignedResult } from "#protocol/eip712.ts";
import "@nomicfoundation/hardhat-toolbox-viem";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  concat,
  encodeAbiParameters,
  encodeFunctionData,
  getContract,
  keccak256,
  numberToHex,
  padHex,
  parseEther,
  stringToHex,
  toFunctionSelector,
  zeroHash,
} from "viem";
import type {
  Abi,
  Account,
  Chain,
  GetContractReturnType,
  PrivateKeyAccount,
  PublicClient,
  Transport,
  WalletClient,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { deployTo } from "../deploy.ts";
import type { DeployedSystem } from "../deploy.ts";
import { createSimulatedHints } from "../simulatedAttestation.ts";
import { testTargetAbi } from "./testTargetAbi.ts";

/** An account of these tests, the same in every run. */
export function testAccount(name: string): PrivateKeyAccount {
  return privateKeyToAccount(keccak256(stringToHex(name)));
}

export const oracleImage = keccak256("0x01");
export const registryImage = keccak256("0x02");
export const scriptHash = keccak256("0x03");
export const simulation = testAccount("simulation");
export const oracle = testAccount("oracle");
export const registry = testAccount("registry");
export const oracleProvider = testAccount("oracle provider").address;
/** Prices that do not divide by five: total 61, surcharge 13. */
export const prices = { oraclePrice: 50n, registryPrice: 11n } as const;
export const priceTotal = 61n;
export const surcharge = 13n;
export const maxPayment = priceTotal + surcharge;

export type Connection = NetworkConnection<"l1">;

type Wallet = WalletClient<Transport, Chain, Account>;
type Client = PublicClient<Transport, Chain>;
type ContractOf<SomeAbi extends Abi> = GetContractReturnType<SomeAbi, { public: Client; wallet: Wallet }>;

/** A fresh system with one active registry, a target, and a user who holds OPN and has approved the Hub. */
export interface TestSystem extends Omit<DeployedSystem, "hub"> {
  readonly domain: HubDomain;
  readonly connection: Connection;
  readonly client: Client;
  readonly time: Connection["networkHelpers"]["time"];
  readonly setBalance: Connection["networkHelpers"]["setBalance"];
  readonly hubAddress: Address;
  /** The Hub, called by the user. */
  readonly hub: ContractOf<typeof hubAbi>;
  readonly hubAt: (wallet: Wallet) => ContractOf<typeof hubAbi>;
  readonly token: ContractOf<typeof opnTestnetAbi>;
  readonly target: ContractOf<typeof testTargetAbi>;
  readonly wallets: Readonly<Record<WalletName, Wallet>>;
}

type WalletName = "deployer" | "user" | "stranger" | "registryProvider" | "guardian" | "governance";

/** Opens a new chain in memory. */
export async function openChain(): Promise<Connection> {
  return await hre.network.create({ network: "default", chainType: "l1" });
}

/** The 73 bytes of an identity (protocol: `user_data`). */
export function encodeIdentity(role: number, signer: Address, provider: Address): Hex {
  const tag = padHex(stringToHex("open-contracts identity v1"), { dir: "right", size: 32 });
  return concat([tag, numberToHex(role, { size: 1 }), signer, provider]);
}

/** Deploys everything to `connection`. */
export async function createSystem(connection: Connection): Promise<TestSystem> {
  const deployed = await deployTo(connection, {
    oracleImage,
    registryImage,
    simulationSigner: simulation.address,
  });
  const client = await connection.viem.getPublicClient();
  const [deployer, user, stranger, registryProvider] = await connection.viem.getWalletClients();
  if (!deployer || !user || !stranger || !registryProvider) throw new Error("the chain has too few accounts");
  const guardian = await connection.viem.getWalletClient(deployed.guardian);
  const governance = await connection.viem.getWalletClient(deployed.governance);
  const hubAt = (wallet: Wallet) =>
    getContract({ address: deployed.hub, abi: hubAbi, client: { public: client, wallet } });
  const opn = getContract({
    address: deployed.opn,
    abi: opnTestnetAbi,
    client: { public: client, wallet: user },
  });
  const targetAddress = (await connection.viem.deployContract("TestTarget", [deployed.hub])).address;
  const target = getContract({
    address: targetAddress,
    abi: testTargetAbi,
    client: { public: client, wallet: deployer },
  });
  const { time, setBalance } = connection.networkHelpers;
  const system = {
    ...deployed,
    domain: hubDomain(deployed.chainId, deployed.hub),
    connection,
    client,
    time,
    setBalance,
    hubAt,
    hubAddress: deployed.hub,
    hub: hubAt(user),
    token: opn,
    target,
    wallets: { deployer, user, stranger, registryProvider, guardian, governance },
  };
  await opn.write.drip();
  await opn.write.approve([deployed.hub, parseEther("1000")]);
  for (const name of targetFunctions) {
    await target.write.nameScript([selectorOf(name), scriptHash]);
  }
  await registerRegistry(system, registry.address);
  return system;
}

const targetFunctions = [
  "report",
  "reportUser",
  "remember",
  "pay",
  "failWithText",
  "failWithError",
  "failWithPanic",
  "exhaust",
  "consume",
  "shout",
  "callBack",
] as const;

/** Selector of a function of the test target. */
export function selectorOf(name: string): Hex {
  const entry = testTargetAbi.find((item) => item.type === "function" && item.name === name);
  if (entry?.type !== "function") throw new Error(`the target has no function ${name}`);
  return toFunctionSelector(entry);
}

/** Calldata of `report(value)`. */
export function reportCall(value: bigint): Hex {
  return encodeFunctionData({ abi: testTargetAbi, functionName: "report", args: [value] });
}

type AttestedParts = Pick<TestSystem, "client" | "hub" | "domain" | "verifier" | "wallets" | "time">;

/** What an identity document says, where a test does not say otherwise. */
export interface DocumentParts {
  readonly image?: Hex;
  readonly timestampMs?: bigint;
  readonly userData?: Hex;
  readonly nonce?: Hex;
  readonly provider?: Address;
  readonly document?: Hex;
}

/** Arguments of `registerRegistry` for the registry `signer`. */
export async function createRegistration(
  system: AttestedParts,
  signer: Address,
  parts: DocumentParts = {},
): Promise<[Hex, Hex]> {
  const { chainId, verifyingContract } = system.domain;
  const provider = parts.provider ?? system.wallets.registryProvider.account.address;
  const document = parts.document ?? "0xd0c0";
  const attestation = {
    image: parts.image ?? registryImage,
    timestampMs: parts.timestampMs ?? BigInt(await system.time.latest()) * 1000n,
    userData: parts.userData ?? encodeIdentity(2, signer, provider),
    nonce:
      parts.nonce ??
      keccak256(
        encodeAbiParameters([{ type: "uint256" }, { type: "address" }], [BigInt(chainId), verifyingContract]),
      ),
  };
  const hints = await createSimulatedHints(
    { document, attestation, chainId, verifier: system.verifier },
    simulation,
  );
  return [document, hints];
}

/** Brings the registry `signer` onto the roster. */
export async function registerRegistry(
  system: AttestedParts,
  signer: Address,
  parts: DocumentParts = {},
): Promise<void> {
  await system.hub.write.registerRegistry(await createRegistration(system, signer, parts));
}

/** A certificate that is valid now for 12 hours. */
export async function createCertificate(
  system: Pick<TestSystem, "time">,
  changes: Partial<OracleCertificate> = {},
): Promise<OracleCertificate> {
  const now = await system.time.latest();
  return {
    oracle: oracle.address,
    provider: oracleProvider,
    image: oracleImage,
    onlyOracleHash: zeroHash,
    ...prices,
    notBefore: now - 300,
    notAfter: now + 12 * 3600,
    ...changes,
  };
}

/** A result of the oracle for the user: `report(7)`. */
export async function createResult(
  system: Pick<TestSystem, "time" | "target" | "wallets">,
  changes: Partial<SignedResult> = {},
): Promise<SignedResult> {
  const now = await system.time.latest();
  return {
    user: system.wallets.user.account.address,
    target: system.target.address,
    oracleHash: scriptHash,
    registry: registry.address,
    nonce: 0n,
    startedAt: now - 60,
    signedAt: now,
    deadline: now + 3600,
    value: 0n,
    call: reportCall(7n),
    ...changes,
  };
}

/** Signs `certificate` as `signer`. */
export async function signCertificate(
  system: Pick<TestSystem, "domain">,
  certificate: OracleCertificate,
  signer = registry,
): Promise<Hex> {
  return await signer.signTypedData({
    domain: system.domain,
    types: oracleCertificateTypes,
    primaryType: "OracleCertificate",
    message: certificate,
  });
}

/** Signs `result` as `signer`. */
export async function signResult(
  system: Pick<TestSystem, "domain">,
  result: SignedResult,
  signer = oracle,
): Promise<Hex> {
  return await signer.signTypedData({
    domain: system.domain,
    types: resultTypes,
    primaryType: "Result",
    message: result,
  });
}

import { erc20Abi, type PublicClient } from "viem";
import { hubAbi as abi } from "#protocol/abi/hub.ts";
import type { Address, Hex } from "#protocol/bytes.ts";
import type { ChainTrust } from "#protocol/trust/config.ts";
import type { Role } from "#protocol/userData.ts";
import { createEndpoint, httpTransport, type TransportFactory } from "./endpoint.ts";
import { openSnapshot, type Snapshot } from "./snapshot.ts";
import {
  findReceipt,
  findTransaction,
  type SentTransaction,
  type TransactionReceipt,
} from "./transaction.ts";

/** A registry on the Hub's list. */
export interface ListedRegistry {
  readonly signer: Address;
  readonly provider: Address;
  readonly image: Hex;
  /** Where to reach it; chosen by its provider, worth no trust. */
  readonly endpoint: string;
}

/** What the Hub remembers of an oracle through one registry; provider zero where nothing. Times in seconds. */
export interface OracleRecord {
  readonly provider: Address;
  readonly notAfter: number;
  readonly revoked: boolean;
}

/** What a person has for paying a submission. All in base units. */
export interface Funds {
  /** The OPN token. */
  readonly opn: Address;
  readonly opnWei: bigint;
  /** OPN that the Hub may take from the account. */
  readonly allowanceWei: bigint;
  /** OPN that the account has paid into the Hub. */
  readonly creditWei: bigint;
  /** The chain's own currency, for value and gas. */
  readonly ethWei: bigint;
}

/**
 * One chain's Hub as at least two endpoints see it, each answer at one recent block.
 * Every method throws UntrustedError CHAIN_ENDPOINTS_DISAGREE, CHAIN_ID_MISMATCH, CHAIN_HUB_CODE_MISMATCH and
 * TransportError CHAIN_ENDPOINT_UNREACHABLE, CHAIN_BLOCK_STALE.
 */
export interface ChainReader {
  readonly chainId: number;
  readonly hub: Address;
  /** True where `target` allows the script `oracleHash` to call `selector` now. */
  isAllowed(target: Address, selector: Hex, oracleHash: Hex): Promise<boolean>;
  activeRegistries(): Promise<readonly ListedRegistry[]>;
  isActiveRegistry(registry: Address): Promise<boolean>;
  isActiveImage(image: Hex, role: Role): Promise<boolean>;
  /** True where the oracle's result with this sequence number was submitted. */
  isUsed(oracle: Address, nonce: bigint): Promise<boolean>;
  oracleRecord(oracle: Address, registry: Address): Promise<OracleRecord>;
  funds(user: Address): Promise<Funds>;
  /** The transaction of that hash as the endpoints that know it see it; undefined where none does. */
  findTransaction(hash: Hex): Promise<SentTransaction | undefined>;
  /** The receipt that all answering endpoints have; undefined until then. */
  findReceipt(hash: Hex): Promise<TransactionReceipt | undefined>;
}

/** What a reader needs from outside. `timeoutMs` bounds each single request. */
export interface ChainReaderOptions {
  readonly nowMs: () => number;
  readonly timeoutMs: number;
  readonly transport?: TransportFactory;
}

const imageKinds = { oracle: 1, registry: 2 } as const;

function lower<T extends Hex>(hex: T): T {
  return hex.toLowerCase() as T;
}

async function readFunds(
  client: PublicClient,
  blockNumber: bigint,
  of: { hub: Address; user: Address },
): Promise<Funds> {
  const { hub, user } = of;
  const at = { blockNumber };
  const opn = await client.readContract({ ...at, address: hub, abi, functionName: "opn" });
  const token = { ...at, address: opn, abi: erc20Abi } as const;
  const [opnWei, allowanceWei, creditWei, ethWei] = await Promise.all([
    client.readContract({ ...token, functionName: "balanceOf", args: [user] }),
    client.readContract({ ...token, functionName: "allowance", args: [user, hub] }),
    client.readContract({ ...at, address: hub, abi, functionName: "credit", args: [user] }),
    client.getBalance({ ...at, address: user }),
  ]);
  return { opn: lower(opn), opnWei, allowanceWei, creditWei, ethWei };
}

type Read = Snapshot["read"];

/** Who may vouch, and for which images. */
function createRosterReads(
  hub: Address,
  read: Read,
): Pick<ChainReader, "activeRegistries" | "isActiveRegistry" | "isActiveImage"> {
  const at = { address: hub, abi } as const;
  return {
    activeRegistries: () =>
      read(async (client, blockNumber) => {
        const listed = await client.readContract({ ...at, blockNumber, functionName: "activeRegistries" });
        return listed.map(({ signer, provider, image, endpoint }) => ({
          signer: lower(signer),
          provider: lower(provider),
          image,
          endpoint,
        }));
      }),
    isActiveRegistry: (registry) =>
      read((client, blockNumber) =>
        client.readContract({ ...at, blockNumber, functionName: "isActiveRegistry", args: [registry] }),
      ),
    isActiveImage: (image, role) => {
      const args = [image, imageKinds[role]] as const;
      return read((client, blockNumber) =>
        client.readContract({ ...at, blockNumber, functionName: "isActiveImage", args }),
      );
    },
  };
}

/** What a submission depends on. */
function createSubmissionReads(
  hub: Address,
  read: Read,
): Pick<ChainReader, "isAllowed" | "isUsed" | "oracleRecord" | "funds"> {
  const at = { address: hub, abi } as const;
  return {
    isAllowed: (...args) =>
      read((client, blockNumber) =>
        client.readContract({ ...at, blockNumber, functionName: "isAllowed", args }),
      ),
    isUsed: (...args) =>
      read((client, blockNumber) => client.readContract({ ...at, blockNumber, functionName: "used", args })),
    oracleRecord: (...args) =>
      read(async (client, blockNumber) => {
        const record = await client.readContract({ ...at, blockNumber, functionName: "oracleRecord", args });
        return { provider: lower(record.provider), notAfter: record.notAfter, revoked: record.revoked };
      }),
    funds: (user) => read((client, blockNumber) => readFunds(client, blockNumber, { hub, user })),
  };
}

/** Makes the reader of one chain. Opens nothing until it is asked. */
export function createChainReader(chain: ChainTrust, options: ChainReaderOptions): ChainReader {
  const { nowMs, timeoutMs, transport = httpTransport } = options;
  const endpoints = chain.endpoints.map((url) => createEndpoint(url, transport(url, timeoutMs)));
  const snapshot = (): Promise<Snapshot> => openSnapshot(endpoints, chain, nowMs());
  const read: Read = async (question) => (await snapshot()).read(question);
  return {
    chainId: chain.chainId,
    hub: lower(chain.hub),
    ...createRosterReads(lower(chain.hub), read),
    ...createSubmissionReads(lower(chain.hub), read),
    findTransaction: (hash) => findTransaction(endpoints, hash),
    findReceipt: async (hash) => findReceipt(await snapshot(), hash),
  };
}

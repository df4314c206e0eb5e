import { isAddress } from "viem";
import type { Address, Hex } from "#protocol/bytes.ts";
import { UsageError } from "#protocol/errors.ts";
import { parseDomains, type Domains } from "#protocol/folder/domains.ts";
import { oracleHash, type FolderFile } from "#protocol/folder/manifest.ts";
import { parseFunctionSignature } from "#protocol/submission.ts";
import type { ChainTrust, TrustConfig } from "#protocol/trust/config.ts";

/** What a page asks for, together with the account that the person confirmed in the extension's own page. */
export interface RequestParts {
  readonly chainId: number;
  readonly target: string;
  /** Such as `buyTokens(address,bytes32,bytes32)`; argument names may stand in it. */
  readonly functionSignature: string;
  readonly files: readonly FolderFile[];
  readonly user: string;
  /** The most of the chain's currency that the result may carry, in wei. */
  readonly valueWei: bigint;
  /** The most OPN that the submission may cost, surcharge included, in base units. */
  readonly maxPaymentWei: bigint;
}

/** What a person agrees to; every result is held against it. Addresses and hashes in lower case. */
export interface ApprovedCall {
  readonly chainId: number;
  readonly hub: Address;
  readonly target: Address;
  readonly functionSignature: string;
  readonly selector: Hex;
  readonly oracleHash: Hex;
  readonly user: Address;
  readonly valueWei: bigint;
  readonly maxPaymentWei: bigint;
}

/** A checked request: what is shown for consent, and what then runs. Made by {@link completeRequest}. */
export interface SessionRequest extends ApprovedCall {
  /** Copies of the files as hashed: what is uploaded is what was approved. */
  readonly files: readonly FolderFile[];
  readonly domains: Domains;
}

const maxUint256 = 2n ** 256n - 1n;
const zeroAddress = /^0x0{40}$/;

/** Finds the chain in the build's trust. @throws UsageError CHAIN_NOT_SUPPORTED, with the list */
export function chainOf(trust: TrustConfig, chainId: number): ChainTrust {
  const chain = trust.chains.find((known) => known.chainId === chainId);
  if (chain !== undefined) return chain;
  const known = trust.chains.map((one) => String(one.chainId)).join(", ");
  throw new UsageError("CHAIN_NOT_SUPPORTED", {
    expected: known === "" ? "none yet" : known,
    actual: String(chainId),
  });
}

function refuse(expected: string, actual: string): never {
  throw new UsageError("SESSION_REQUEST_INVALID", { expected, actual: actual.slice(0, 200) });
}

function readAddress(name: string, text: string): Address {
  if (!isAddress(text) || zeroAddress.test(text)) refuse(`${name}: an address with a right checksum`, text);
  return text.toLowerCase() as Address;
}

function readAmount(name: string, amount: bigint): bigint {
  if (amount < 0n || amount > maxUint256) refuse(`${name}: 0 to 2^256 - 1`, String(amount));
  return amount;
}

/** A checked request of which the person has not said yet whose result it will be. */
export type RequestDraft = Omit<SessionRequest, "user">;

/**
 * Checks what a page asks for and hashes its folder, once. The Hub comes from the build's trust, never from a page.
 * @throws UsageError CHAIN_NOT_SUPPORTED, SESSION_REQUEST_INVALID, FOLDER_*, DOMAINS_INVALID
 */
export async function createRequestDraft(
  parts: Omit<RequestParts, "user">,
  trust: TrustConfig,
): Promise<RequestDraft> {
  const chain = chainOf(trust, parts.chainId);
  const { selector } = parseFunctionSignature(parts.functionSignature);
  const files = parts.files.map(({ path, bytes }) => ({ path, bytes: bytes.slice() }));
  return Object.freeze({
    chainId: chain.chainId,
    hub: readAddress("hub", chain.hub),
    target: readAddress("target", parts.target),
    functionSignature: parts.functionSignature,
    selector,
    valueWei: readAmount("valueWei", parts.valueWei),
    maxPaymentWei: readAmount("maxPaymentWei", parts.maxPaymentWei),
    oracleHash: await oracleHash(files),
    domains: parseDomains(files),
    files,
  });
}

/** Completes a draft with the account that the person confirmed. @throws UsageError SESSION_REQUEST_INVALID */
export function completeRequest(draft: RequestDraft, user: string): SessionRequest {
  return Object.freeze({ ...draft, user: readAddress("user", user) });
}

/** Both steps at once, for a caller that knows the account already. @throws as {@link createRequestDraft} */
export async function createSessionRequest(parts: RequestParts, trust: TrustConfig): Promise<SessionRequest> {
  return completeRequest(await createRequestDraft(parts, trust), parts.user);
}

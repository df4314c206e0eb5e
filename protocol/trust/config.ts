import { z } from "zod";
import type { Address, Hex } from "../bytes.ts";
import { bytesFromHex, hexFromBytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { encodeAllowlist, parseAllowlist, type Allowlist } from "./allowlist.ts";
import { awsNitroRootDer } from "./awsNitroRoot.ts";
import { developmentChainId, isLoopbackUrl, isPublicUrl } from "./endpoints.ts";
import type { RevokedCertificate } from "./revocation.ts";

/** One chain that a build knows. */
export interface ChainTrust {
  readonly chainId: number;
  readonly name: string;
  readonly hub: Address;
  /** keccak256 of the Hub's runtime code. */
  readonly hubCodeHash: Hex;
  /** JSON-RPC URLs, at least two, run by different parties. */
  readonly endpoints: readonly string[];
}

/** Everything that a build of the extension trusts, compiled in. */
export interface TrustConfig {
  readonly kind: "release" | "development";
  /** DER of the one root of attestation. */
  readonly rootDer: Uint8Array;
  readonly allowlist: Allowlist;
  readonly revokedCertificates: readonly RevokedCertificate[];
  readonly chains: readonly ChainTrust[];
  /** Where enclaves and chain endpoints may live: on public names only, or on this machine only. */
  readonly endpointPolicy: "public" | "loopback";
}

function hexOf<T extends string>(pattern: RegExp): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === "string" && pattern.test(value));
}

const chainSchema = z.strictObject({
  chainId: z.int().positive(),
  name: z.string().min(1).max(64),
  hub: hexOf<Address>(/^0x[0-9a-fA-F]{40}$/),
  hubCodeHash: hexOf<Hex>(/^0x[0-9a-f]{64}$/),
  endpoints: z.array(z.string().max(2048)).min(2),
});
const configSchema = z.strictObject({
  kind: z.enum(["release", "development"]),
  root: z.string().regex(/^([0-9a-f]{2}){1,1024}$/),
  allowlist: z.unknown(),
  revokedCertificates: z.array(
    z.strictObject({ issuer: z.string().regex(/^[0-9a-f]+$/), serial: z.string().regex(/^[0-9a-f]+$/) }),
  ),
  chains: z.array(chainSchema).max(32),
  endpointPolicy: z.enum(["public", "loopback"]),
});

function refuse(expected: string): never {
  throw new UsageError("TRUST_CONFIG_INVALID", { expected });
}

/**
 * Holds the two kinds apart: a release trusts the vendor's root and public endpoints, a development build its
 * own root, the development chain and loopback endpoints; no mixture.
 */
function verifyKind(config: TrustConfig): void {
  const isRelease = config.kind === "release";
  const isAwsRoot = hexFromBytes(config.rootDer) === hexFromBytes(awsNitroRootDer);
  if (isAwsRoot !== isRelease) refuse("the vendor's root in a release, and only there");
  if (config.endpointPolicy !== (isRelease ? "public" : "loopback")) refuse("the kind's endpoint policy");
  if (new Set(config.chains.map((chain) => chain.chainId)).size !== config.chains.length)
    refuse("each chain once");
  for (const { chainId, endpoints } of config.chains) {
    if ((chainId === developmentChainId) === isRelease) refuse("the development chain in development only");
    if (new Set(endpoints).size !== endpoints.length) refuse("different endpoints");
    if (!endpoints.every(isRelease ? isPublicUrl : isLoopbackUrl)) refuse("endpoints as the policy says");
  }
}

/** The JSON value of a trust configuration; {@link decodeTrustConfig} is its inverse. */
export function encodeTrustConfig(config: TrustConfig): unknown {
  const { rootDer, allowlist, ...rest } = config;
  return { ...rest, root: hexFromBytes(rootDer), allowlist: encodeAllowlist(allowlist) };
}

/**
 * Parses what `JSON.parse` made of a trust configuration, strictly, and holds its kind.
 * @throws UsageError TRUST_CONFIG_INVALID, ALLOWLIST_INVALID, ALLOWLIST_DUPLICATE
 */
export function decodeTrustConfig(json: unknown): TrustConfig {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) throw new UsageError("TRUST_CONFIG_INVALID", { cause: parsed.error });
  const { root, allowlist, ...rest } = parsed.data;
  const rootDer = bytesFromHex(root) ?? refuse("a root in hex");
  const config = { ...rest, rootDer, allowlist: parseAllowlist(allowlist) };
  verifyKind(config);
  return config;
}

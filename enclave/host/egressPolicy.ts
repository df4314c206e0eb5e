import { isIP } from "node:net";
import { UsageError } from "#protocol/errors.ts";
import { isHostName } from "#protocol/folder/domains.ts";
import { isPublicAddress } from "./address.ts";

/** Where a name leads: an address literal and a port. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

/** What an enclave asked for. */
export interface ConnectTarget {
  readonly name: string;
  readonly port: number;
}

/** Explicit destinations by `name:port`; they alone may be private or on another port. */
export type EgressMap = ReadonlyMap<string, Destination>;

/** Looks a name up; address literals. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** What the policy says: where to connect, first address first, or why not. */
export type Verdict = { readonly destinations: readonly Destination[] } | { readonly refused: Refusal };
/** Why a connection is not made. */
export type Refusal = "ip-literal" | "bad-name" | "port" | "unresolved" | "private-address";

const httpsPort = 443;
const entryPattern = /^([^:=]+):([0-9]{1,5})=(.+):([0-9]{1,5})$/;

/** Parses `name:port=address:port` entries. @throws UsageError SERVICE_ARGUMENTS_INVALID */
export function parseEgressMap(entries: readonly string[]): EgressMap {
  return new Map(entries.map(parseEntry));
}

function parseEntry(entry: string): [string, Destination] {
  const [, name = "", port = "", target = "", targetPort = ""] = entryPattern.exec(entry) ?? [];
  const address = target.replace(/^\[(.*)\]$/, "$1");
  if (!isHostName(name) || !isPort(port) || isIP(address) === 0 || !isPort(targetPort)) {
    throw new UsageError("SERVICE_ARGUMENTS_INVALID", { expected: "name:port=address:port", actual: entry });
  }
  return [`${name}:${port}`, { address, port: Number(targetPort) }];
}

function isPort(text: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535;
}

/**
 * Decides one request. A name is resolved here, once, and the addresses judged are those that are then connected to;
 * a single private one among them refuses the name.
 */
export async function judgeTarget(
  { name, port }: ConnectTarget,
  { map, resolve }: { readonly map: EgressMap; readonly resolve: Resolve },
): Promise<Verdict> {
  if (isIP(name.replace(/^\[|\]$/g, "")) !== 0) return { refused: "ip-literal" };
  if (!isHostName(name)) return { refused: "bad-name" };
  const mapped = map.get(`${name}:${String(port)}`);
  if (mapped !== undefined) return { destinations: [mapped] };
  if (port !== httpsPort) return { refused: "port" };
  const addresses = await resolve(name).catch((): readonly string[] => []);
  if (addresses.length === 0) return { refused: "unresolved" };
  if (!addresses.every(isPublicAddress)) return { refused: "private-address" };
  return { destinations: addresses.map((address) => ({ address, port })) };
}

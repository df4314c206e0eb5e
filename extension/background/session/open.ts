import { TransportError, UntrustedError, type OpenContractsError } from "#protocol/errors.ts";
import type { ListedRegistry } from "../chain/reader.ts";
import { shuffled } from "./chance.ts";
import { maxOracles, maxRegistries, sessionTimeouts } from "./limits.ts";
import type { SessionListener } from "./listener.ts";
import { orderOffers, type Offer } from "./offers.ts";
import { openOracleChannel, type OracleChannel } from "./oracleChannel.ts";
import type { SessionPorts } from "./ports.ts";
import { openRegistryChannel, readQuotes } from "./registryChannel.ts";
import type { ApprovedCall } from "./request.ts";

/** Whose session it is. */
export interface OpenOptions {
  readonly call: ApprovedCall;
  readonly listener: SessionListener;
  readonly cancel: AbortSignal;
}

/**
 * True for a failure of one peer, after which another one may be tried. One that is not trusted is never tried again;
 * but if it ended the search, a single lying enclave or relay could keep a person from every honest one. What the chain
 * says concerns all peers alike, and what the person decides ends the search.
 */
function isPeerFailure(error: unknown): error is OpenContractsError {
  const isKnown = error instanceof UntrustedError || error instanceof TransportError;
  return isKnown && !error.code.startsWith("CHAIN_");
}

/** Runs `attempt` with one peer. A failure of that peer is reported and returned, any other is thrown. */
async function attemptPeer<T>(
  peer: { readonly endpoint: string; readonly role: "oracle" | "registry" },
  listener: SessionListener,
  attempt: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly failure: OpenContractsError }> {
  try {
    return { value: await attempt() };
  } catch (error) {
    if (!isPeerFailure(error)) throw error;
    listener.onPeerFailed({ ...peer, code: error.code });
    return { failure: error };
  }
}

/** What to report where every peer failed: a failed check rather than a lost connection. */
function worstOf(failures: readonly OpenContractsError[]): OpenContractsError {
  return (
    failures.find((failure) => failure instanceof UntrustedError) ??
    failures[0] ??
    new TransportError("SESSION_NO_ORACLE")
  );
}

async function readOffers(
  registry: ListedRegistry,
  listed: readonly ListedRegistry[],
  { options, ports }: { readonly options: OpenOptions; readonly ports: SessionPorts },
): Promise<readonly Offer[]> {
  const { call, listener, cancel } = options;
  const address = { url: registry.endpoint, chainId: call.chainId, hub: call.hub };
  const channel = await openRegistryChannel(listed, { address, listener, cancel }, ports);
  try {
    const quotes = await readQuotes(channel, call);
    return quotes.map((quote) => ({ quote, registry: channel.facts }));
  } finally {
    await channel.close();
  }
}

/** The offers of up to three random registries of the Hub's list. */
async function gatherOffers(options: OpenOptions, ports: SessionPorts): Promise<readonly Offer[]> {
  const listed = await ports.chain.activeRegistries();
  if (listed.length === 0) throw new TransportError("SESSION_NO_REGISTRY");
  options.listener.onStep({ name: "registries-listed", evidence: { count: String(listed.length) } });
  const chosen = shuffled(listed, (length) => ports.random(length)).slice(0, maxRegistries);
  const answers = await Promise.all(
    chosen.map((registry) =>
      attemptPeer({ endpoint: registry.endpoint, role: "registry" }, options.listener, () =>
        readOffers(registry, listed, { options, ports }),
      ),
    ),
  );
  const offers = answers.flatMap((answer) => ("value" in answer ? answer.value : []));
  const failures = answers.flatMap((answer) => ("failure" in answer ? [answer.failure] : []));
  if (offers.length === 0 && failures.length > 0) throw worstOf(failures);
  return offers;
}

/**
 * From the Hub's list of registries to an attested oracle: quotes of up to three random registries, merged; then up to
 * three oracles of different providers, at random, until one passes every check.
 * @throws TransportError SESSION_NO_REGISTRY, SESSION_NO_ORACLE, CHAIN_*; DeniedError SESSION_PRICE_CAP,
 * SESSION_CANCELLED; UntrustedError CHAIN_*, or the failed check of a peer where no peer passed
 */
export async function openOracle(options: OpenOptions, ports: SessionPorts): Promise<OracleChannel> {
  const { call, listener, cancel } = options;
  const overall = ports.deadline(sessionTimeouts.connectingMs);
  listener.onPhase("connecting");
  const offers = orderOffers(await gatherOffers(options, ports), call, (length) => ports.random(length));
  const failures: OpenContractsError[] = [];
  listener.onPhase("attesting");
  for (const { quote, registry } of offers.slice(0, maxOracles)) {
    if (overall.aborted) throw new TransportError("SESSION_TIMEOUT");
    const address = { url: quote.endpoint, chainId: call.chainId, hub: call.hub };
    const answer = await attemptPeer({ endpoint: quote.endpoint, role: "oracle" }, listener, () =>
      openOracleChannel({ registry, call }, { address, listener, cancel }, ports),
    );
    if ("value" in answer) return answer.value;
    failures.push(answer.failure);
  }
  throw worstOf(failures);
}

import { DeniedError, TransportError } from "#protocol/errors.ts";
import { submissionCost } from "#protocol/price.ts";
import type { Quote } from "#protocol/wire/registry.ts";
import { shuffled, type Random } from "./chance.ts";
import type { AttestedRegistry } from "./registryChannel.ts";
import type { ApprovedCall } from "./request.ts";

/** An oracle that may be tried, and the registry whose word for it will be asked for. Nothing of the quote is believed. */
export interface Offer {
  readonly quote: Quote;
  readonly registry: AttestedRegistry;
}

const anyScript = `0x${"0".repeat(64)}`;

function priceOf({ quote }: Offer): bigint {
  return submissionCost(quote.certificate).totalWei;
}

/** Drops what cannot serve this call, and the second offer of one signer. */
function usable(offers: readonly Offer[], { oracleHash }: ApprovedCall): Offer[] {
  const bySigner = new Map<string, Offer>();
  for (const offer of offers) {
    const { certificate, freeSessions } = offer.quote;
    const fits = certificate.onlyOracleHash === anyScript || certificate.onlyOracleHash === oracleHash;
    if (freeSessions > 0 && fits && !bySigner.has(certificate.oracle))
      bySigner.set(certificate.oracle, offer);
  }
  return [...bySigner.values()];
}

/**
 * Puts the usable offers within the person's cap into the order in which they are tried: at random among distinct
 * providers, then at random among the rest. Never by price: a price of 0 must not steer anyone.
 * @throws TransportError SESSION_NO_ORACLE; DeniedError SESSION_PRICE_CAP where all cost more than the cap
 */
export function orderOffers(offers: readonly Offer[], call: ApprovedCall, random: Random): readonly Offer[] {
  const fitting = usable(offers, call);
  if (fitting.length === 0) throw new TransportError("SESSION_NO_ORACLE");
  const affordable = fitting.filter((offer) => priceOf(offer) <= call.maxPaymentWei);
  if (affordable.length === 0) {
    const lowest = fitting.map(priceOf).reduce((a, b) => (a < b ? a : b));
    throw new DeniedError("SESSION_PRICE_CAP", {
      expected: `at most ${String(call.maxPaymentWei)}`,
      actual: String(lowest),
    });
  }
  const seen = new Set<string>();
  const first: Offer[] = [];
  const later: Offer[] = [];
  // Each provider's own order is random as well; a provider with many enclaves gets one chance in the first round.
  for (const offer of shuffled(affordable, random)) {
    const { provider } = offer.quote.certificate;
    (seen.has(provider) ? later : first).push(offer);
    seen.add(provider);
  }
  return [...shuffled(first, random), ...later];
}

/** What one submission costs, in base units of OPN. */
export interface SubmissionCost {
  readonly oracleWei: bigint;
  readonly registryWei: bigint;
  /** Sent to the burner: a fifth of both prices, rounded up. */
  readonly burnedWei: bigint;
  readonly totalWei: bigint;
}

/** The cost of one submission under a certificate's prices; the Hub computes the same. */
export function submissionCost(prices: {
  readonly oraclePrice: bigint;
  readonly registryPrice: bigint;
}): SubmissionCost {
  const both = prices.oraclePrice + prices.registryPrice;
  const burnedWei = (both + 4n) / 5n;
  return {
    oracleWei: prices.oraclePrice,
    registryWei: prices.registryPrice,
    burnedWei,
    totalWei: both + burnedWei,
  };
}

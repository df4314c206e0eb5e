import type { DemoOffer } from "../world/market.ts";
import type { DemoSite } from "../world/site.ts";

/** What a person types at the example script's prompts. */
export function createAnswers(site: DemoSite, offer: DemoOffer): (prompt: string) => string {
  const answers: readonly (readonly [RegExp, () => string])[] = [
    [/seller's FiatPay account/i, () => offer.payee],
    [/price in cents/i, () => String(offer.cents)],
    [/salt/i, () => offer.salt],
    [/Your FiatPay account/i, () => site.login.account],
    [/password/i, () => site.login.password],
    [/one-time code/i, () => site.desk.phoneOf(site.login.account) ?? ""],
  ];
  return (prompt) => answers.find(([question]) => question.test(prompt))?.[1]() ?? "";
}

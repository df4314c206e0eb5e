import type { OfferTerms } from "../../examples/fiat-pay/offer.ts";
import type { LoginDesk } from "../../examples/fiat-pay/site/login.ts";
import type { DemoSite } from "../world/site.ts";

/** Who logs in, and the phone that the codes reach. */
export interface SiteVisitor extends Pick<DemoSite, "login"> {
  readonly desk: Pick<LoginDesk, "phoneOf">;
}

/** What a person types at the example script's prompts. */
export function createAnswers(site: SiteVisitor, offer: OfferTerms): (prompt: string) => string {
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

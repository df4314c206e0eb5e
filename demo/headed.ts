import { join } from "node:path";
import { openDemo, type DemoOptions } from "./open.ts";
import type { World } from "./world/world.ts";

/**
 * Starts the world with a browser for a person, says what to do, and stays until the browser is closed or Ctrl-C.
 * @returns the exit code
 */
export async function runHeaded(options: DemoOptions): Promise<number> {
  const { teller, home } = options;
  const demo = await openDemo(options, { headless: false, profile: join(home, "profile") });
  try {
    const page = demo.context.pages()[0] ?? (await demo.context.newPage());
    await page.goto(demo.world.dapp.url);
    teller.say(instructions(demo.world));
    await new Promise((resolve) => demo.context.once("close", resolve));
    return 0;
  } finally {
    await demo.stop();
  }
}

function instructions({ dapp, site }: World): string {
  const { payee, cents, offerId, salt } = dapp.offer();
  return `
The demo world is running. In the browser that has opened:

 1. Pay the seller on FiatPay. Open https://${site.hostName} and log in:
      account   ${site.login.account}
      password  ${site.login.password}
      code      on your phone: https://${site.hostName}/phone?account=${site.login.account}
    and pay
      to        ${payee}
      cents     ${String(cents)}
      message   ${offerId}
 2. Prove it. On ${dapp.url} connect the wallet and press "Prove payment and buy".
    A window of the extension opens. Read it, confirm your account, approve. Answer the script:
      seller    ${payee}
      cents     ${String(cents)}
      salt      ${salt}
      then your FiatPay login and the next code on your phone.
 3. Submit. The result page shows what becomes public and what it costs. It offers test OPN where you have none.
    When the Hub confirms, the tokens are yours.

Ctrl-C ends everything.
`;
}

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { createAnswers } from "./journey/answers.ts";
import { createPerson, patienceMs } from "./journey/person.ts";
import { openDemo, type Demo } from "./open.ts";
import { createTeller } from "./teller.ts";

const home = fileURLToPath(new URL("../.demo", import.meta.url));
const folder = fileURLToPath(new URL("../docs/pictures", import.meta.url));

/** Takes the pictures of the README from a real journey: npm run pictures. */
async function main(): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), "oc-profile-"));
  const teller = createTeller(false);
  const demo = await openDemo({ home, oracle: undefined, json: false, teller }, { headless: true, profile });
  try {
    await mkdir(folder, { recursive: true });
    await takePictures(demo);
  } finally {
    await demo.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

const take = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
};

async function takePictures({ world, context }: Demo): Promise<void> {
  const offer = world.dapp.offer();
  const { account } = world.site.login;
  world.site.ledger.pay({ from: account, to: offer.payee, cents: offer.cents, message: offer.offerId });
  const [worker = await context.waitForEvent("serviceworker")] = context
    .serviceWorkers()
    .filter((one) => !one.url().endsWith("/worker.js"));
  // Node gives chrome-extension: URLs no origin.
  const origin = worker.url().split("/", 3).join("/");
  await choosePhrase(await context.newPage(), origin);
  const person = await createPerson(context);
  await person.page.setViewportSize({ width: 760, height: 720 });
  await person.open(world.dapp.url);
  await take(person.page, "dapp");
  const session = await person.prove();
  await session.setViewportSize({ width: 480, height: 760 });
  await person.confirmAccount(session);
  await session.getByTestId("approve").and(session.locator(":enabled")).waitFor({ timeout: patienceMs });
  await take(session, "consent");
  await person.approve(session);
  await session.getByTestId("prompt").waitFor({ timeout: patienceMs });
  await session.getByTestId("steps").evaluate((steps) => {
    steps.setAttribute("open", "");
  });
  await take(session, "session");
  await person.answer(session, createAnswers(world.site, offer));
  const settled = session.locator('[data-status="ready"], [data-status="blocked"]');
  await session.getByTestId("submission").and(settled).waitFor({ timeout: patienceMs });
  await session.setViewportSize({ width: 480, height: 960 });
  await take(session, "result");
  await takePopup(await context.newPage(), origin);
  await person.submit(session);
  await take(session, "confirmed");
}

async function choosePhrase(page: Page, origin: string): Promise<void> {
  await page.setViewportSize({ width: 480, height: 560 });
  await page.goto(`${origin}/extension/popup/app.html#/welcome`);
  await page.getByTestId("phrase-input").fill("seven kites over the bay");
  await page.getByTestId("phrase-save").click();
  await page.getByTestId("phrase").waitFor({ timeout: patienceMs });
  await page.goto(`${origin}/extension/popup/app.html#/trust`);
  await page.getByTestId("trust-root").waitFor({ timeout: patienceMs });
  await take(page, "trust");
  await page.close();
}

async function takePopup(page: Page, origin: string): Promise<void> {
  await page.setViewportSize({ width: 384, height: 320 });
  await page.goto(`${origin}/extension/popup/popup.html`);
  await page.getByTestId("row").first().waitFor({ timeout: patienceMs });
  await take(page, "popup");
  await page.close();
}

await main();

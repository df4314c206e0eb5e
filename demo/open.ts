import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "playwright";
import { createLog } from "./log.ts";
import type { Teller } from "./teller.ts";
import { openBrowser } from "./world/browser.ts";
import { createEnds } from "./world/ends.ts";
import { buildDemoExtensions } from "./world/extensions.ts";
import type { OwnOracle } from "./world/recorder.ts";
import { startWorld, type World } from "./world/world.ts";

/** What both ways of `npm start` are told. */
export interface DemoOptions {
  /** Folder for what outlives a run; ignored by git. */
  readonly home: string;
  /** A person's own oracle folder. */
  readonly oracle: OwnOracle | undefined;
  readonly json: boolean;
  readonly teller: Teller;
}

/** A world with a browser in front of it. */
export interface Demo {
  readonly world: World;
  readonly context: BrowserContext;
  stop(): Promise<void>;
}

const example = fileURLToPath(new URL("../examples/fiat-pay/buyTokens", import.meta.url));

/** Starts world and browser. Where the process is asked to end, both end first. */
export async function openDemo(
  { home, oracle, teller }: DemoOptions,
  browser: { readonly headless: boolean; readonly profile: string },
): Promise<Demo> {
  await mkdir(home, { recursive: true });
  const ends = createEnds();
  const release = endOnSignals(() => ends.run());
  try {
    const world = await startWorld(
      { home, oracleFolder: example, own: oracle, log: createLog(home), progress: teller.progress },
      ends,
    );
    const context = await openDemoBrowser(world, browser, teller);
    const stop = async (): Promise<void> => {
      release();
      await context.close().catch(() => undefined);
      await world.stop();
    };
    return { world, context, stop };
  } catch (error) {
    release();
    await ends.run();
    throw error;
  }
}

async function openDemoBrowser(
  world: World,
  browser: { readonly headless: boolean; readonly profile: string },
  teller: Teller,
): Promise<BrowserContext> {
  teller.progress("Building the development extension");
  const { openContracts, wallet } = await buildDemoExtensions(world, world.files.run);
  teller.progress("Starting Chromium");
  return openBrowser({
    ...browser,
    extensions: [openContracts, wallet],
    hosts: new Map([[world.site.hostName, world.site.address]]),
    trustedSpkis: [world.site.spkiSha256],
  });
}

/** Runs `end` when the process is asked to end, then ends it; the returned function takes that back. */
function endOnSignals(end: () => Promise<void>): () => void {
  const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  const listeners = Object.entries(exitCodes).map(([signal, code]) => {
    const listener = (): void => {
      void end().finally(() => process.exit(code));
    };
    process.once(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.removeListener(signal, listener);
  };
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, type TestInfo } from "playwright/test";
import { whyNoFlow } from "./machine.ts";
import { openStage, type Stage } from "./stage.ts";
import { openVisit, type Visit, type VisitOptions } from "./visit.ts";

interface FlowFixtures {
  readonly machine: undefined;
  /** Opens a browser with a fresh profile; it is closed when the flow ends. */
  readonly visit: (options?: VisitOptions) => Promise<Visit>;
}

/** Playwright's `test` with the stage, which all flows share, and a browser of their own for each. */
export const test = base.extend<FlowFixtures, { readonly stage: Stage }>({
  machine: [
    async ({}, use, info) => {
      const reason = whyNoFlow();
      info.skip(reason !== undefined, reason);
      await use(undefined);
    },
    { auto: true },
  ],
  stage: [
    async ({}, use) => {
      const stage = await openStage();
      try {
        await use(stage);
      } finally {
        await stage.stop();
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],
  visit: async ({ stage, machine: _machine }, use, info) => {
    const visits: Visit[] = [];
    const profiles: string[] = [];
    stage.relay.behave({ kind: "honest" });
    await use(async (options = {}) => {
      const profile = options.profile ?? (await mkdtemp(join(tmpdir(), "oc-profile-")));
      profiles.push(profile);
      const visit = await openVisit(stage, profile, options);
      visits.push(visit);
      return visit;
    });
    await keepLog(stage, info);
    for (const { context } of visits) await context.close().catch(() => undefined);
    for (const profile of profiles) await rm(profile, { recursive: true, force: true });
  },
});

async function keepLog({ log }: Stage, info: TestInfo): Promise<void> {
  if (info.status === info.expectedStatus) return;
  await writeFile(info.outputPath("world.log"), log.join("\n"));
}

export { expect } from "playwright/test";

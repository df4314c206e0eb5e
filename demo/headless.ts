import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeJourney } from "./journey/journey.ts";
import { makeOwnJourney } from "./journey/ownJourney.ts";
import { createStepRecorder } from "./journey/step.ts";
import { openDemo, type DemoOptions } from "./open.ts";

/**
 * Makes the whole journey without a person and ends the world again.
 * @returns the exit code
 */
export async function runHeadless(options: DemoOptions): Promise<number> {
  const { teller } = options;
  const profile = await mkdtemp(join(tmpdir(), "oc-profile-"));
  const demo = await openDemo(options, { headless: true, profile });
  try {
    const recorder = createStepRecorder(Date.now, teller.step);
    const { world, context } = demo;
    const own = world.recorder;
    const report =
      own === undefined
        ? await makeJourney(world, context, recorder)
        : await makeOwnJourney({ world, recorder: own }, context, recorder);
    teller.say(own === undefined ? "The contract released the tokens." : "The contract recorded the call.");
    if (options.json) teller.json(report);
    return 0;
  } finally {
    await demo.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

import type { Stage } from "./stage.ts";

/** How many stages run side by side. */
const lanes = 2;

/**
 * Runs every stage through `perform`, two side by side where both allow it, in the order of the list otherwise.
 * A stage begins when those it comes after have ended; those that are not on the list do not hold it up.
 * `perform` must not reject.
 */
export async function runAll(
  stages: readonly Stage[],
  perform: (stage: Stage) => Promise<void>,
): Promise<void> {
  const waiting = [...stages];
  const running = new Map<Stage, Promise<void>>();
  while (waiting.length + running.size > 0) {
    for (const stage of nextOf({ waiting, running: [...running.keys()] })) {
      waiting.splice(waiting.indexOf(stage), 1);
      running.set(
        stage,
        perform(stage).then(() => {
          running.delete(stage);
        }),
      );
    }
    if (running.size === 0)
      throw new Error(`stages wait for one another: ${waiting.map(({ name }) => name).join()}`);
    await Promise.race(running.values());
  }
}

/** The stages that may begin now, beside those that run. */
export function nextOf({
  waiting,
  running,
}: {
  waiting: readonly Stage[];
  running: readonly Stage[];
}): Stage[] {
  const unfinished = new Set([...waiting, ...running].map(({ name }) => name));
  const begun: Stage[] = [];
  for (const stage of waiting) {
    const beside = [...running, ...begun];
    if (stage.after?.some((name) => unfinished.has(name)) === true) continue;
    if (beside.length >= lanes || beside.some(({ isAlone }) => isAlone === true)) break;
    if (stage.isAlone === true) {
      // Whoever needs the machine alone goes last of what can go, or it would leave a core idle before it.
      if (beside.length > 0 || waiting.some((other) => other.isAlone !== true)) continue;
    }
    begun.push(stage);
  }
  return begun;
}

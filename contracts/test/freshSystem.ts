import { afterEach, beforeAll, beforeEach } from "vitest";
import { createSystem, openChain } from "./system.ts";
import type { TestSystem } from "./system.ts";

/**
 * Gives the tests of the describe block that calls it one system, prepared by `prepare` and put back to that state
 * after each test.
 */
export function freshSystem(prepare: (system: TestSystem) => Promise<void>): () => TestSystem {
  let system: TestSystem | undefined;
  let restore: (() => Promise<void>) | undefined;
  const current = (): TestSystem => {
    if (system === undefined) throw new Error("the system is made before the first test, not earlier");
    return system;
  };
  beforeAll(async () => {
    system = await createSystem(await openChain());
    await prepare(system);
  });
  beforeEach(async () => {
    const snapshot = await current().connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(async () => {
    await restore?.();
  });
  return current;
}

import { describe, expect, it } from "vitest";
import type { Outcome } from "../../testing/outcome.ts";
import { nextOf, runAll } from "../../testing/schedule.ts";
import type { Stage } from "../../testing/stage.ts";

const run = (): Promise<Outcome> => Promise.resolve({ passed: 1, failures: [], skips: [] });
const stage = (name: string, more: Partial<Stage> = {}): Stage => ({ name, about: name, run, ...more });
const names = (stages: readonly Stage[]): string[] => stages.map(({ name }) => name);

describe("nextOf", () => {
  const [a, b, c] = [stage("a"), stage("b"), stage("c", { after: ["a"] })];
  const alone = stage("alone", { isAlone: true });

  it("begins two, in the order of the list", () => {
    expect(names(nextOf({ waiting: [a, b, stage("d")], running: [] }))).toEqual(["a", "b"]);
  });

  it("waits for those it comes after, and passes over it meanwhile", () => {
    expect(names(nextOf({ waiting: [c, b], running: [a] }))).toEqual(["b"]);
    expect(names(nextOf({ waiting: [c], running: [] }))).toEqual(["c"]);
  });

  it("keeps a stage that needs the machine alone for the end, and alone", () => {
    expect(names(nextOf({ waiting: [alone, a], running: [] }))).toEqual(["a"]);
    expect(names(nextOf({ waiting: [alone], running: [a] }))).toEqual([]);
    expect(names(nextOf({ waiting: [b], running: [alone] }))).toEqual([]);
    expect(names(nextOf({ waiting: [alone, stage("e2e", { isAlone: true })], running: [] }))).toEqual([
      "alone",
    ]);
  });
});

describe("runAll", () => {
  it("runs each stage once, and after those it needs", async () => {
    const seen: string[] = [];
    const list = [
      stage("e2e", { isAlone: true, after: ["build"] }),
      stage("types", { after: ["build"] }),
      stage("build"),
    ];
    await runAll(list, async ({ name }) => {
      await Promise.resolve();
      seen.push(name);
    });
    expect(seen).toEqual(["build", "types", "e2e"]);
  });

  it("refuses stages that wait for one another", async () => {
    const list = [stage("a", { after: ["b"] }), stage("b", { after: ["a"] })];
    await expect(runAll(list, () => Promise.resolve())).rejects.toThrow(/a,b/);
  });
});

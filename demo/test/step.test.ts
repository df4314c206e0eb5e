import { describe, expect, it } from "vitest";
import { createStepRecorder, type JourneyStep } from "../journey/step.ts";

describe("the step recorder", () => {
  it("times each step, keeps its evidence and tells about it once it is done", async () => {
    let nowMs = 1_000;
    const told: JourneyStep[] = [];
    const recorder = createStepRecorder(
      () => nowMs,
      (step) => told.push(step),
    );
    const pay = recorder.run(
      "pay",
      async () => {
        expect(told).toEqual([]);
        nowMs += 250;
        return 7n;
      },
      String,
    );
    expect(await pay).toBe(7n);
    expect(told).toEqual([{ name: "pay", ms: 250, evidence: "7" }]);
    expect(recorder.steps).toEqual(told);
  });

  it("does not count a step that failed", async () => {
    const told: JourneyStep[] = [];
    const recorder = createStepRecorder(
      () => 0,
      (step) => told.push(step),
    );
    const failed = recorder.run("pay", () => Promise.reject(new Error("no money")), String);
    await expect(failed).rejects.toThrow("no money");
    expect([...told, ...recorder.steps]).toEqual([]);
  });
});

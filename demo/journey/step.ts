/** One step of the journey as it is printed and reported. */
export interface JourneyStep {
  readonly name: string;
  readonly ms: number;
  /** What shows that the step happened. */
  readonly evidence: string;
}

/** Runs steps one after the other, times them and tells about them. */
export interface StepRecorder {
  readonly steps: readonly JourneyStep[];
  /** Runs `work`; its text is the evidence. */
  run<T>(name: string, work: () => Promise<T>, evidence: (value: T) => string): Promise<T>;
}

/** Makes a recorder; `tell` gets each step once it is done. */
export function createStepRecorder(nowMs: () => number, tell: (step: JourneyStep) => void): StepRecorder {
  const steps: JourneyStep[] = [];
  return {
    steps,
    async run(name, work, evidence) {
      const startedMs = nowMs();
      const value = await work();
      const step = { name, ms: nowMs() - startedMs, evidence: evidence(value) };
      steps.push(step);
      tell(step);
      return value;
    },
  };
}

/** What has to be ended, newest first. */
export interface Ends {
  add(end: () => Promise<unknown>): void;
  /** Runs every end once; one that fails does not keep the others from running. */
  run(): Promise<void>;
}

/** Makes an empty list of ends. */
export function createEnds(): Ends {
  const ends: (() => Promise<unknown>)[] = [];
  return {
    add: (end) => void ends.push(end),
    async run() {
      for (const end of ends.splice(0).reverse()) await end().catch(() => undefined);
    },
  };
}

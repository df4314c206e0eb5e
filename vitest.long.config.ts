import { defineConfig } from "vitest/config";

/** Suites that take minutes, outside of `npm test`: `npm run test:long`. */
export default defineConfig({
  test: {
    testTimeout: 20 * 60_000,
    hookTimeout: 5 * 60_000,
    maxWorkers: 1,
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
    environment: "node",
    include: ["*/test/**/*.long.ts"],
  },
});

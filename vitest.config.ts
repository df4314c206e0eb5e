import { defineConfig } from "vitest/config";

const rooms = ["protocol", "extension", "enclave", "scripts", "examples", "demo"];
/** Rooms whose tests deploy contracts: they are compiled before. */
const deploying = new Set(["examples", "demo"]);

/** One project per room, so that one room can be run by its name: `npx vitest run --project enclave`. */
export default defineConfig({
  test: {
    // Waits have generous ceilings; what ends a test early is the event it waits for.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      ...rooms.map((name) => ({
        extends: true as const,
        test: {
          name,
          root: import.meta.dirname,
          environment: "node",
          include: [`${name}/**/test/**/*.test.{ts,tsx}`],
          setupFiles: ["scripts/testing/fuzzSeed.ts"],
          globalSetup: deploying.has(name) ? ["contracts/test/globalSetup.ts"] : [],
        },
      })),
      // Compiles its test contracts first.
      "contracts/vitest.config.ts",
    ],
  },
});

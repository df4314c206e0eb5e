import { defineConfig } from "playwright/test";

/** End to end: a real Chromium with the built extension, against the demo world. */
export default defineConfig({
  testDir: "flows",
  testMatch: "*.e2e.ts",
  outputDir: "../test-results/e2e",
  // One world serves all flows, one after the other.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  // Generous, for nothing is measured by it: what ends a wait is the event it waits for.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: "list",
  use: {
    actionTimeout: 60_000,
    screenshot: "only-on-failure",
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: false },
  },
});

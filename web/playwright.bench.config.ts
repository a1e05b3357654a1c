// Measurements for docs/performance.md: `cargo xtask bench ui`. Nothing is asserted; one worker, so that nothing disturbs.
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig({
  ...base,
  testDir: "tests/bench",
  testMatch: "*.bench.ts",
  outputDir: "test-results/bench",
  globalSetup: "./tests/support/global.ts",
  workers: 1,
  timeout: 600_000,
  reporter: [["./tests/bench/table.ts"]],
});

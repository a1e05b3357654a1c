// Browser tests: Debian's Chromium against real servers. `cargo xtask browser` makes everything ready and runs them;
// by hand: `cargo build && npx playwright test tests/shell.spec.ts`.
import { defineConfig } from "@playwright/test";
import { launch } from "./tests/support/chromium";

const json = process.env["PLAYWRIGHT_JSON"];

export default defineConfig({
  testDir: "tests",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  snapshotPathTemplate: "{testDir}/snapshots/{arg}{ext}",
  globalSetup: "./tests/support/global.ts",
  workers: 2,
  // Where nobody watches, once more; `cargo xtask browser` names what needed it.
  retries: process.env["CI"] === undefined ? 0 : 1,
  forbidOnly: process.env["CI"] !== undefined,
  // Servers are debug builds and the machine may be busy: times are limits, not expectations.
  timeout: 90_000,
  expect: { timeout: 15_000, toHaveScreenshot: { animations: "disabled", caret: "hide", maxDiffPixelRatio: 0.01 } },
  reporter: json === undefined ? [["list"]] : [["list"], ["json", { outputFile: json }]],
  use: {
    browserName: "chromium",
    launchOptions: launch,
    viewport: { width: 1440, height: 900 },
    colorScheme: "dark",
    contextOptions: { reducedMotion: "reduce" },
    locale: "en-GB",
    timezoneId: "UTC",
    serviceWorkers: "block",
    trace: "off",
    screenshot: "only-on-failure",
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
  },
});

// The pages of the UI, and what several specs do with them.
import type { Page } from "@playwright/test";
import { AGENT } from "./seed/constants";

/** A page: its name, and its address below the base without a slash in front. */
export interface PageOf {
  readonly name: string;
  readonly path: string;
}

/** All pages, each with something to see in the seeded data. */
export const PAGES: readonly PageOf[] = [
  { name: "overview", path: "" },
  { name: "traces", path: "traces" },
  { name: "trace", path: `traces/${AGENT.traceId}` },
  { name: "logs", path: "logs" },
  { name: "explore", path: `explore?expr=${encodeURIComponent("sum(rate(http_server_requests_total[5m]))")}` },
  { name: "services", path: "services" },
  { name: "alerts", path: "alerts" },
  { name: "deliveries", path: "deliveries" },
  { name: "status", path: "status" },
];

/** Both themes, as the system asks for them. */
export const THEMES = ["dark", "light"] as const;

/** Runs something once with each theme of the system. */
export async function forEachTheme(page: Page, run: (theme: (typeof THEMES)[number]) => Promise<void>): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await run(theme);
  }
}

/** Waits until a page shows what it has: fonts are there, nothing is pending, two frames went by, and still nothing is. */
export async function settled(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(async () => {
    const busy = (): boolean => document.querySelector("[aria-busy='true']") !== null;
    if (busy()) return false;
    await document.fonts.ready;
    await new Promise((done) => {
      requestAnimationFrame(() => requestAnimationFrame(done));
    });
    return !busy();
  });
}

// The server goes away while the page is open, and comes back: the banner says so, and the page is live again.
import { settled } from "./support/pages";
import { send, spansBody } from "./support/seed/otlp";
import { expect, test } from "./support/test";
import { Tacho } from "./support/tacho";
import type { Page } from "@playwright/test";

async function sendTrace(tacho: Tacho, digit: string, name: string): Promise<void> {
  const now = Date.now();
  const span = { traceId: digit.repeat(32), spanId: digit.repeat(16), name, kind: 2, startMs: now - 40, endMs: now - 10 };
  await send(tacho.otlp, "traces", spansBody(new Map([["shop", [span]]])));
}

/** The page asks for things while the server is down; that is no complaint. */
const UNREACHABLE = [/ERR_CONNECTION/, /ERR_INCOMPLETE_CHUNKED/, /ERR_EMPTY_RESPONSE/, /net::ERR_/, /status of 503/];

async function listed(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("main").getByText(name).first()).toBeVisible({ timeout: 30_000 });
}

test("a page outlives its server", async ({ page, guard, tacho }) => {
  guard.allow(...UNREACHABLE);
  const first = await tacho();
  await sendTrace(first, "1", "before the crash");
  await page.goto(`${first.url}/traces?live=1`);
  await settled(page);
  await listed(page, "before the crash");

  await first.kill();
  const banner = page.getByRole("alert").filter({ hasText: "does not answer" });
  await expect(banner).toBeVisible({ timeout: 30_000 });
  // What was there is still there to be read.
  await listed(page, "before the crash");

  const again = await Tacho.start({ folder: first.folder, http: first.address });
  await expect(banner).toBeHidden({ timeout: 30_000 });
  await listed(page, "before the crash");
  await sendTrace(again, "2", "after the crash");
  // New matches are announced, so that nothing moves under the pointer, and come when they are asked for.
  const news = page.getByText(/^(1\+? new traces?|There may be new traces)$/);
  await expect(news.or(page.getByRole("main").getByText("after the crash")).first()).toBeVisible({ timeout: 30_000 });
  await expect(async () => {
    if (await news.isVisible()) await page.keyboard.press("u");
    await expect(page.getByRole("main").getByText("after the crash").first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await page.close();
  await again.stop();
});

test("a page that is opened while the server is away says so, and comes when the server does", async ({ page, guard, tacho }) => {
  guard.allow(...UNREACHABLE, /Unable to preload CSS/, /dynamically imported module/);
  const first = await tacho();
  await page.goto(`${first.url}/status`);
  await settled(page);
  await first.kill();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Logs" }).click();
  const banner = page.getByRole("alert").filter({ hasText: "does not answer" });
  await expect(banner).toBeVisible({ timeout: 30_000 });
  const again = await Tacho.start({ folder: first.folder, http: first.address });
  await expect(banner).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole("heading", { level: 1, name: "Logs" })).toBeVisible({ timeout: 30_000 });
  await page.close();
  await again.stop();
});

// The live tail of logs: it follows, is held, takes filters, and stays small however much comes.
import { expectAccessible } from "./support/axe";
import { grid, openLogs, rows } from "./support/logs";
import { forEachTheme } from "./support/pages";
import { logsBody, send, type SeedRecord } from "./support/seed/otlp";
import type { Tacho } from "./support/tacho";
import { expect, test } from "./support/test";

const MEBIBYTE = 1024 * 1024;

async function log(tacho: Tacho, bodies: readonly string[], severity: SeedRecord["severity"] = 9): Promise<void> {
  const atMs = Date.now();
  await send(tacho.otlp, "logs", logsBody(new Map([["tailed", bodies.map((body) => ({ atMs, severity, body }))]])));
}

const numbered = (word: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${word} ${index}`);

test.describe("a live tail", () => {
  test("follows, holds and goes on", async ({ page, tacho }) => {
    const server = await tacho();
    await log(server, ["before the tail"]);
    await openLogs(page, server.url, "?tail=1");
    await expect(rows(page)).toHaveText(/before the tail/u);
    await expect(page.getByText("Live", { exact: true }).last()).toBeVisible();
    // A burst with one time keeps its order.
    await log(server, numbered("burst", 60));
    await expect(rows(page).last()).toContainText("burst 59");
    await expect(rows(page).last()).toBeInViewport();
    await page.keyboard.press("Space");
    const held = page.getByText("Held", { exact: true });
    await expect(held).toBeVisible();
    await log(server, numbered("held", 7));
    const jump = page.getByRole("button", { name: "7 new lines: jump to newest" });
    await expect(jump).toBeVisible();
    await expect(grid(page).getByText("held 6")).toHaveCount(0);
    await jump.click();
    await expect(rows(page).last()).toContainText("held 6");
    // Scrolling up holds it, too.
    await grid(page).hover();
    await page.mouse.wheel(0, -400);
    await expect(held).toBeVisible();
    await log(server, ["one more"]);
    await expect(page.getByRole("button", { name: "1 new line: jump to newest" })).toBeVisible();
    await forEachTheme(page, () => expectAccessible(page));
  });

  test("takes the filters of the page", async ({ page, tacho }) => {
    const server = await tacho();
    await log(server, ["nothing yet"]);
    await openLogs(page, server.url, `?tail=1&severity=WARN&q=${encodeURIComponent('{} |= "odd, {word}"')}`);
    await expect(page.getByText("Live", { exact: true }).last()).toBeVisible();
    await log(server, ["odd, {word} at info"]);
    await log(server, ["odd, {word} at warn", "plain at warn"], 13);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("at warn");
  });

  test("stays small however much comes", async ({ page, tacho }) => {
    test.slow();
    const server = await tacho();
    await log(server, ["start"]);
    await openLogs(page, server.url, "?tail=1");
    await expect(page.getByText("Live", { exact: true }).last()).toBeVisible();
    const devtools = await page.context().newCDPSession(page);
    const heap = async (): Promise<number> => {
      await devtools.send("HeapProfiler.collectGarbage");
      return (await devtools.send("Runtime.getHeapUsage")).usedSize;
    };
    const flood = async (word: string, pieces: number): Promise<void> => {
      for (let piece = 0; piece < pieces; piece += 1) await log(server, numbered(`${word} ${piece}:`, 500));
      await expect(rows(page).last()).toContainText(`${word} ${pieces - 1}: 499`);
    };
    await flood("fill", 24);
    const full = await heap();
    await flood("more", 40);
    const later = await heap();
    expect((later - full) / MEBIBYTE, "growth of the heap over 20,000 lines beyond the bound").toBeLessThan(6);
    expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(2000);
    await expect(page.getByText(/1[01],\d{3} lines kept|10,000 lines kept/u)).toBeVisible();
  });
});

// The services: lines with rate, errors and duration, their operations, and the map of who calls whom.
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { AGENTS, SERVICES } from "./support/seed/constants";
import { restingBox } from "./support/steps";
import { expect, test } from "./support/test";

const line = (page: Page, service: string): Locator => page.getByRole("row").filter({ has: page.getByRole("button", { name: service, exact: true }) });
const param = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

async function open(page: Page, base: string, search = ""): Promise<void> {
  await page.goto(`${base}/services${search}`);
  await settled(page);
}

test("every service has a line, and every figure leads to what it counts", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  for (const service of SERVICES) await expect(line(frozen, service)).toBeVisible();
  await expect(frozen.getByText(/\d+ services, .* requests a minute, .* failing/)).toBeVisible();
  await line(frozen, "payments").getByRole("link", { name: /^payments .* \d+ of [\d,]+ failed/ }).click();
  await expect(frozen).toHaveURL(/\/traces\?/);
  expect(param(frozen, "service")).toBe("payments");
  expect(param(frozen, "status")).toBe("error");
  await expect(frozen.getByRole("table", { name: "Traces" }).locator("[data-row]").first()).toBeVisible();
  await frozen.goBack();
  await line(frozen, "search").getByRole("link", { name: /^search p95 .*: slower traces/ }).click();
  await expect(frozen).toHaveURL(/min=[\d.]+m?s/);
  await expect(frozen.getByRole("table", { name: "Traces" }).locator("[data-row]").first()).toBeVisible();
});

test("operations open by keyboard and are kept in the URL", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?sort=name");
  const first = frozen.getByRole("button", { name: "checkout", exact: true });
  await expect(first).toBeVisible();
  await frozen.keyboard.press("j");
  await expect(first).toBeFocused();
  await frozen.keyboard.press("ArrowDown");
  await expect(frozen.getByRole("button", { name: "gateway", exact: true })).toBeFocused();
  await frozen.keyboard.press("ArrowRight");
  await expect(frozen.getByRole("link", { name: "POST /checkout", exact: true })).toBeVisible();
  await expect.poll(() => param(frozen, "service")).toBe("gateway");
  await frozen.reload();
  await frozen.getByRole("link", { name: "POST /checkout", exact: true }).click();
  await expect(frozen).toHaveURL(/name=POST(%20|\+)\/checkout/);
  await frozen.goBack();
  await frozen.getByRole("button", { name: "gateway", exact: true }).press("ArrowLeft");
  await expect(frozen.getByRole("link", { name: "POST /checkout", exact: true })).toHaveCount(0);
});

test("lines are sorted and found by name", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await frozen.getByRole("columnheader", { name: "p95" }).getByRole("button").click();
  await expect.poll(() => param(frozen, "sort")).toBe("-p95");
  await expect(frozen.locator("tbody").first()).toContainText("orchestrator");
  await frozen.getByRole("searchbox", { name: "Find a service" }).fill("PAY");
  await expect(frozen.locator("tbody")).toHaveCount(1);
  await expect(line(frozen, "payments")).toBeVisible();
  await frozen.getByRole("searchbox", { name: "Find a service" }).fill("nothing like it");
  await expect(frozen.getByText('No service has "nothing like it" in its name')).toBeVisible();
});

test("the map shows who calls whom, leads on, and has a table", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await frozen.getByRole("button", { name: "Map" }).click();
  const map = frozen.getByRole("application", { name: /Calls between services/ });
  const gateway = map.getByRole("button", { name: /^gateway, service/ });
  await expect(gateway).toBeVisible();
  await expectAccessible(frozen);
  await gateway.focus();
  await frozen.keyboard.press("ArrowRight");
  await expect(gateway).not.toBeFocused();
  await frozen.keyboard.press("ArrowLeft");
  await expect(gateway).toBeFocused();
  await frozen.getByRole("button", { name: "Show as table: Calls between services" }).click();
  await expect(frozen.getByRole("table", { name: "Calls", exact: true }).getByRole("row", { name: /gateway inventory/ })).toBeVisible();
  await expectAccessible(frozen);
  await frozen.getByRole("button", { name: "Show as graph: Calls between services" }).click();
  await gateway.press("Enter");
  await expect(frozen).toHaveURL(/\/traces\?.*service=gateway/);
});

test("the map of agents has agents, models and tools", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?view=map&kind=agents");
  const map = frozen.getByRole("application", { name: /Calls between agents/ });
  for (const agent of AGENTS) await expect(map.getByRole("button", { name: new RegExp(`^${agent}, agent`) })).toBeVisible();
  await map.getByRole("button", { name: /^edit_file, tool/ }).click();
  await expect(frozen).toHaveURL(/\/traces\?/);
  await expect(frozen.getByRole("table", { name: "Traces" }).locator("[data-row]").first()).toContainText("orchestrator");
});

test("the map pans and zooms", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?view=map");
  const map = frozen.getByRole("application");
  const gateway = map.getByRole("button", { name: /^gateway, service/ });
  const before = await restingBox(gateway);
  await map.focus();
  await frozen.keyboard.press("+");
  await expect.poll(async () => (await gateway.boundingBox())?.width ?? 0).toBeGreaterThan(before.width * 1.2);
  await frozen.keyboard.press("0");
  await frozen.keyboard.press("ArrowRight");
  await expect.poll(async () => Math.round(((await gateway.boundingBox())?.x ?? 0) - before.x)).toBe(-60);
});

test("it is accessible in both themes, wide and narrow", async ({ frozen, seeded }) => {
  await forEachTheme(frozen, async () => {
    for (const width of [1440, 390]) {
      await frozen.setViewportSize({ width, height: 844 });
      await open(frozen, seeded, "?service=gateway");
      await expect(frozen.getByRole("link", { name: "POST /checkout", exact: true })).toBeVisible();
      await expect.poll(() => frozen.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await expectAccessible(frozen);
    }
  });
});

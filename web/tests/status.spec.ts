// The status page: what is stored, what comes in, targets, configuration.
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { BIG, HUGE } from "./support/seed/constants";
import { expect, test } from "./support/test";

const TABS = ["storage", "ingest", "targets", "configuration"] as const;

test("tells what is stored", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/status`);
  await settled(frozen);
  const spans = frozen.getByRole("row", { name: /^Spans/u });
  const items = async (): Promise<number> => Number((await spans.getByRole("cell").first().textContent())?.replaceAll(",", ""));
  await expect.poll(items).toBeGreaterThan(BIG.spans + HUGE.spans);
  await expect(frozen.getByRole("row", { name: /^Log records/u })).toContainText(/10\d,\d{3}/u);
  await expect(frozen.getByText("New data not yet on disk")).toBeVisible();
  await expect(frozen.getByText(/^Tachograph \d+\.\d+\.\d+, up for/u)).toBeVisible();
  await spans.getByRole("link").click();
  await expect(frozen).toHaveURL(/\/traces\?from=2026-11-/u);
});

test("tells what comes in", async ({ page, demo }) => {
  await page.goto(`${demo}/status?tab=ingest`);
  await settled(page);
  for (const signal of ["Spans", "Log records", "Samples"]) {
    await expect(page.getByRole("region", { name: signal, exact: true })).toContainText("since start");
  }
  await expect(page.getByRole("heading", { name: "Limits" })).toBeVisible();
});

test("finds targets and keys", async ({ page, demo }) => {
  await page.goto(`${demo}/status?tab=targets`);
  await settled(page);
  const table = page.getByRole("table", { name: "Targets" });
  await expect(table).toContainText("/metrics");
  await page.getByRole("searchbox", { name: "Find targets" }).fill("no-such-target");
  await expect(page.getByText("No target matches")).toBeVisible();
  await expect(page).toHaveURL(/find=no-such-target/u);
  await page.getByRole("link", { name: "Configuration" }).click();
  await page.getByRole("searchbox", { name: "Find keys" }).fill("memory.limit");
  await expect(page.getByRole("row", { name: /memory\.limit/u }).first()).toBeVisible();
});

test("every part is accessible in both themes", async ({ page, demo }) => {
  test.slow();
  for (const tab of TABS) {
    await page.goto(`${demo}/status?tab=${tab}`);
    await settled(page);
    await forEachTheme(page, () => expectAccessible(page));
  }
});

// Rules: the list, one rule and why it fired, and the editor from the first letter to the saved file.
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { sendQueue, withRules } from "./support/rules";
import { expect, test } from "./support/test";

const SLOW_MS = 45_000;
const table = (page: Page): Locator => page.getByRole("table", { name: "Rules" });
const expression = (page: Page): Locator => page.getByRole("textbox", { name: "Expression" });
const save = (page: Page): Locator => page.getByRole("button", { name: "Save", exact: true });

test("the list begins with what fires, and its filters are in the address", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await sendQueue(server);
  await page.goto(`${server.url}/rules`);
  await expect(table(page).getByRole("row").nth(1)).toContainText("QueueIsThere", { timeout: SLOW_MS });
  await expect(table(page).getByRole("row").nth(1)).toContainText("Firing", { timeout: SLOW_MS });
  await expect(table(page).getByRole("row", { name: /QueueIsFull/u })).toContainText("> 500");
  await page.getByRole("searchbox", { name: "Find rules" }).fill("isfull");
  await expect(page).toHaveURL(/text=isfull/u);
  await expect(table(page).getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("combobox", { name: "Kind" }).selectOption("recording");
  await expect(table(page).getByRole("row")).toHaveCount(2);
  await table(page).getByRole("link", { name: "job:queue_depth:max" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("job:queue_depth:max");
  await page.goBack();
  await page.getByRole("searchbox", { name: "Find rules" }).fill("no such rule");
  await expect(page.getByText("No rule matches")).toBeVisible();
});

test("a rule says what it watches, what fires, and why", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await sendQueue(server);
  await page.goto(`${server.url}/rules/queue%2FQueueIsThere`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("QueueIsThere");
  await expect(page.getByRole("region", { name: "What it watches" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Alerts now" }).getByRole("row").nth(1)).toContainText("Firing", { timeout: SLOW_MS });
  await expect(page.getByRole("region", { name: "As YAML" })).toContainText("queue_depth_jobs >= 0");
  await page.getByRole("button", { name: "Now", exact: true }).click();
  await expect(page).toHaveURL(/explain=2/u);
  const why = page.getByRole("region", { name: "Why did it fire, or not?" });
  await expect(why.getByRole("region", { name: "Label sets at that time" })).toContainText("holds");
  await expect(why).toContainText("queue_depth_jobs");
  await why.getByRole("textbox", { name: "At what time" }).fill("some day");
  await why.getByRole("button", { name: "Explain" }).click();
  await expect(why.getByRole("alert")).toContainText("is no time");
  await forEachTheme(page, () => expectAccessible(page));
});

test("a rule is written, tried on stored data, saved, changed, switched off and deleted", async ({ page, tacho }) => {
  test.slow();
  const server = await tacho(withRules());
  await sendQueue(server);
  await page.goto(`${server.url}/rules/new`);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("QueueGrew");
  await expression(page).click();
  await page.keyboard.type("max(queue_depth_jobs) > 20");
  await page.keyboard.press("Escape");
  await page.getByRole("textbox", { name: "Must hold for" }).fill("2m");
  const preview = page.getByRole("region", { name: "What it would have done" });
  await expect(preview.getByRole("status").filter({ hasText: "Would have fired once" })).toBeVisible({ timeout: SLOW_MS });
  await expect(preview.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("region", { name: "As YAML" })).toContainText("QueueGrew");
  await forEachTheme(page, () => expectAccessible(page));

  // A threshold beyond all that was, set by the line of the chart.
  const line = preview.getByRole("slider", { name: "Threshold" });
  await line.focus();
  for (let press = 0; press < 12; press += 1) await page.keyboard.press("PageUp");
  await expect(expression(page)).not.toContainText("> 20");
  await expect(preview.getByRole("status").filter({ hasText: "Would not have fired" })).toBeVisible({ timeout: SLOW_MS });

  await page.getByRole("textbox", { name: "Name", exact: true }).press("Control+Enter");
  await expect(page).toHaveURL(/\/rules\/default%2FQueueGrew/u);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("QueueGrew");
  const exported = await (await fetch(`${server.url}/api/v1/rules/export`)).text();
  expect(exported).toContain("QueueGrew");

  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByRole("textbox", { name: "Must hold for" }).fill("4m");
  await save(page).click();
  await expect(page.getByRole("region", { name: "Versions" })).toBeVisible();
  await expect(page.getByRole("region", { name: "As YAML" })).toContainText("4m");
  await page.getByRole("region", { name: "Versions" }).getByRole("button").first().click();
  await expect(page.getByRole("region", { name: /^Changes of version/u })).toContainText("4m");

  await page.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByRole("button", { name: "Switch on" })).toBeVisible();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/rules$/u);
  await expect(table(page).getByText("QueueGrew")).toHaveCount(0);
});

test("what is wrong stands at its field, and nothing is lost by leaving", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await sendQueue(server);
  await page.goto(`${server.url}/rules/new?expr=${encodeURIComponent("sum(nothing_total")}`);
  await expect(page.getByRole("region", { name: "What it would have done" }).getByRole("alert")).toContainText("cannot be saved", { timeout: SLOW_MS });
  await save(page).click();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Unsaved");
  await page.getByRole("link", { name: "Cancel" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(dialog.getByRole("button", { name: "Stay" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Unsaved");
  await page.getByRole("link", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Rules");
});

test("two who change one rule see both texts", async ({ page, guard, tacho }) => {
  guard.allow(/409 \(Conflict\)/u);
  const server = await tacho(withRules());
  const definition = { name: "Shared", expr: "queue_depth_jobs > 1", severity: "LOW" };
  const headers = { "content-type": "application/json" };
  const first = await fetch(`${server.url}/api/v1/rules`, { method: "POST", headers, body: JSON.stringify({ definition }) });
  expect(first.ok, await first.text()).toBe(true);
  await page.goto(`${server.url}/rules/default%2FShared?edit=1`);
  await page.getByRole("textbox", { name: "Must hold for" }).fill("3m");
  const second = await fetch(`${server.url}/api/v1/rules/default%2FShared`, { method: "PUT", headers, body: JSON.stringify({ definition: { ...definition, expr: "queue_depth_jobs > 2" }, by: "Lin" }) });
  expect(second.ok, await second.text()).toBe(true);
  await save(page).click();
  const conflict = page.getByRole("alert", { name: "Conflict" });
  await expect(conflict).toContainText("Lin has saved this rule");
  await conflict.getByRole("button", { name: "Save mine over it" }).click();
  await expect(page.getByRole("region", { name: "As YAML" })).toContainText("3m");
});

test("rules are imported after a look at what comes of them", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await page.goto(`${server.url}/rules`);
  await settled(page);
  await page.getByRole("button", { name: "Import" }).click();
  const dialog = page.getByRole("dialog", { name: "Import rules" });
  await dialog.getByRole("textbox", { name: "Text" }).fill("groups:\n  - name: taken\n    rules:\n      - alert: TakenOver\n        expr: up == 0\n        for: 2m\n");
  await dialog.getByRole("button", { name: "Check" }).click();
  await expect(dialog.getByRole("rowheader", { name: "TakenOver" })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save 1 rule" }).click();
  await expect(dialog).toBeHidden();
  await expect(table(page).getByText("TakenOver")).toBeVisible();
});

test("the pages of rules fit on a phone, in both themes", async ({ page, tacho }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const server = await tacho(withRules());
  await sendQueue(server);
  for (const path of ["rules", "rules/queue%2FQueueIsFull", "rules/new?copy=queue%2FQueueIsFull"]) {
    await page.goto(`${server.url}/${path}`);
    await settled(page);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    await forEachTheme(page, () => expectAccessible(page));
  }
});

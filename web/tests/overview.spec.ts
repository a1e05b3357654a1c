// The overview: what needs a look, figures that lead on, and pictures whose points lead to traces.
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { AGENT } from "./support/seed/constants";
import { expect, test } from "./support/test";

test("says what needs a look and leads to it", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  await expect(frozen.getByRole("status").filter({ hasText: "need" })).toBeVisible();
  const list = frozen.getByRole("region", { name: "Needs a look" });
  await expect(list.getByRole("listitem").filter({ hasText: "POST /charge" }).filter({ hasText: "Failing" })).toBeVisible();
  await expect(list.getByRole("listitem").filter({ hasText: "mailer" }).filter({ hasText: "Silent" })).toBeVisible();
  await expect(list.getByRole("listitem").filter({ hasText: "search" }).filter({ hasText: "Slow" }).first()).toBeVisible();
  await expect(list).not.toContainText("inventory");
});

test("its figures lead on, and keep the time range", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/?from=now-2h&to=now`);
  await settled(frozen);
  await frozen.getByRole("link", { name: "Failed requests" }).click();
  await expect(frozen).toHaveURL(/\/traces\?.*status=error/u);
  await expect(frozen).toHaveURL(/from=now-2h/u);
  await frozen.goBack();
  await frozen.getByRole("link", { name: "Error logs a minute" }).click();
  await expect(frozen).toHaveURL(/\/logs\?.*severity=ERROR/u);
});

test("a point of the chart leads to its traces, a trace to its span, the span to its logs, and back", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  const chart = frozen.getByRole("slider", { name: "Requests a minute by service" });
  await chart.focus();
  await frozen.keyboard.press("End");
  await frozen.keyboard.press("ArrowLeft");
  await frozen.keyboard.press("Enter");
  await expect(frozen).toHaveURL(/\/traces\?.*from=\d{13}.*to=\d{13}/u);
  await frozen.locator("a[href*='/traces/']").first().click();
  await expect(frozen).toHaveURL(/\/traces\/[0-9a-f]{32}/u);
  await settled(frozen);
  await frozen.getByRole("treegrid").or(frozen.getByRole("grid")).first().focus();
  await frozen.keyboard.press("ArrowDown");
  await frozen.keyboard.press("Enter");
  await expect(frozen).toHaveURL(/span=[0-9a-f]{16}/u);
  await frozen.keyboard.press("l");
  await expect(frozen).toHaveURL(/\/logs\?.*span_id=[0-9a-f]{16}/u);
  await frozen.goBack();
  await expect(frozen).toHaveURL(/\/traces\/[0-9a-f]{32}.*span=/u);
});

test("an agent leads to its traces", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  await frozen.getByRole("region", { name: "Agents" }).getByRole("link", { name: "coder", exact: true }).click();
  await expect(frozen).toHaveURL(/\/traces\?.*agent/u);
  await expect(frozen.locator(`a[href*='/traces/${AGENT.traceId}']`).first()).toBeVisible();
});

test("every picture has a table", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  for (const name of ["Requests a minute by service", "Latency of requests over time", "Requests over time, failed ones in red"]) {
    await frozen.getByRole("button", { name: `Show as table: ${name}` }).click();
    await expect(frozen.getByRole("table", { name })).toBeVisible();
  }
});

test("shows a server without data how to send the first", async ({ page, tacho }) => {
  const server = await tacho();
  await page.goto(`${server.url}/`);
  await expect(page.getByText("No data yet")).toBeVisible();
  await expect(page.getByRole("tab", { name: "Python" }).or(page.getByText("Python")).first()).toBeVisible();
  await expectAccessible(page);
});

test("is accessible in both themes", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  await forEachTheme(frozen, () => expectAccessible(frozen));
});

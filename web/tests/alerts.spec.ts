// The bell, the list of alerts and the page of one alert: raised by another system, seen live, taken on, silenced, over.
import type { Locator, Page } from "@playwright/test";
import { DISK, Hook, NIGHTLY, QUEUE, raise, toHook } from "./support/alerting";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { escape, openOverlay } from "./support/steps";
import type { Tacho, TachoOptions } from "./support/tacho";
import { expect, test } from "./support/test";

const bell = (page: Page): Locator => page.getByRole("banner").getByRole("button", { name: /^Alerts/u });
const row = (page: Page, name: string): Locator => page.getByRole("row").filter({ hasText: name });

/** News come by the stream at once; where there is none the page asks every 15 seconds. */
const NEWS = { timeout: 40_000 };

/** A server with three alerts that fire. */
async function withAlerts(tacho: (options?: TachoOptions) => Promise<Tacho>, hook: Hook): Promise<Tacho> {
  const server = await tacho(toHook(hook));
  await raise(server, DISK, QUEUE, NIGHTLY);
  return server;
}

let hook: Hook;
test.beforeEach(async () => {
  hook = await Hook.start();
});
test.afterEach(() => hook.stop());

test("an alert appears by itself, is acknowledged with a name, and is over", async ({ page, tacho }) => {
  test.setTimeout(150_000);
  const server = await tacho(toHook(hook));
  await page.goto(`${server.url}/alerts`);
  await settled(page);
  await expect(page.getByText(/All quiet|Nothing is watched yet/u).first()).toBeVisible();
  await expect(bell(page)).toHaveAccessibleName("Alerts: nothing to look at");

  await raise(server, DISK);
  await expect(row(page, "DiskFull")).toBeVisible(NEWS);
  await expect(bell(page)).toHaveAccessibleName("Alerts: 1 firing, 1 critical", NEWS);
  await expect(row(page, "DiskFull")).toContainText("web-critical", NEWS);

  await page.keyboard.press("j");
  await page.keyboard.press("a");
  const dialog = page.getByRole("dialog", { name: "Acknowledge" });
  await expect(dialog.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await page.keyboard.type("Jo");
  await dialog.getByRole("textbox", { name: "Comment, if you like" }).fill("cleaning up");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(row(page, "DiskFull")).toContainText("by Jo: cleaning up");
  await expect(bell(page)).toHaveAccessibleName("Alerts: nothing to look at");

  await raise(server, { ...DISK, endsAt: new Date(Date.now() - 1_000).toISOString() });
  await expect(row(page, "DiskFull")).toHaveCount(0, NEWS);
  await page.getByRole("button", { name: /^Resolved/u }).click();
  await expect(row(page, "DiskFull")).toBeVisible();
});

test("the worst comes first, filters are in the address, and Clear opens them all", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await page.goto(`${server.url}/alerts`);
  await expect(page.getByRole("row")).toHaveCount(4);
  await expect(page.getByRole("row").nth(1)).toContainText("DiskFull");
  await page.getByRole("button", { name: "Only medium" }).click();
  await expect(page).toHaveURL(/severity=medium/u);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("row")).toHaveCount(4);
  const find = page.getByRole("searchbox");
  await find.fill('{queue=~"index.*"}');
  await find.press("Enter");
  await expect(page).toHaveURL(/q=%7Bqueue/u);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: 'Remove queue=~"index.*"' }).click();
  await find.fill("nowhere to be found");
  await expect(page.getByText("No alert matches")).toBeVisible();
  await expect(page).toHaveURL(/text=nowhere/u);
  await find.fill("{broken");
  await find.press("Enter");
  await expect(page.getByRole("alert")).toContainText("a brace is missing");
});

test("several are ticked with x and acknowledged at once, or silenced with what they share", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await page.goto(`${server.url}/alerts`);
  await expect(page.getByRole("row")).toHaveCount(4);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByText("2 alerts ticked")).toBeVisible();
  await page.keyboard.press("a");
  const dialog = page.getByRole("dialog", { name: "Acknowledge 2 alerts" });
  await dialog.getByRole("textbox", { name: "Your name" }).fill("Ann");
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await expect(page.getByRole("row").filter({ hasText: "by Ann" })).toHaveCount(2);
  await page.getByRole("checkbox", { name: "Tick all that are listed" }).check();
  await page.getByRole("button", { name: "Silence", exact: false }).first().click();
  await expect(page).toHaveURL(/\/silences\?new=/u);
  expect(new URL(page.url()).searchParams.get("new")).toContain('alertname=~"DiskFull|NightlyLate|QueueGrows"');
});

test("groups stand together with their labels", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await raise(server, { labels: { ...QUEUE.labels, queue: "mail" } });
  await page.goto(`${server.url}/alerts?view=groups`);
  await expect(row(page, "2 alerts")).toContainText("alertname=QueueGrows");
  await row(page, "2 alerts").getByRole("checkbox").check();
  await expect(page.getByText("2 alerts ticked")).toBeVisible();
});

test("the bell lists what fires and takes it on", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await page.addInitScript(() => localStorage.setItem("tacho.who", "Kim"));
  await page.goto(`${server.url}/status`);
  await expect(bell(page)).toHaveAccessibleName("Alerts: 3 firing, 1 critical");
  await openOverlay(page, bell(page));
  const panel = page.getByRole("dialog", { name: "Firing alerts" });
  await expect(panel.getByRole("link", { name: "DiskFull" })).toBeFocused();
  await forEachTheme(page, () => expectAccessible(page));
  await page.keyboard.press("j");
  await expect(panel.getByRole("link", { name: "QueueGrows" })).toBeFocused();
  await panel.getByRole("button", { name: "Acknowledge QueueGrows" }).click();
  await expect(bell(page)).toHaveAccessibleName("Alerts: 2 firing, 1 critical");
  await panel.getByRole("link", { name: "1 acknowledged" }).click();
  await expect(page).toHaveURL(/acknowledged=yes/u);
  await expect(row(page, "QueueGrows")).toContainText("by Kim");
});

test("the palette finds firing alerts, and the overview names them first", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await page.goto(`${server.url}/status`);
  await settled(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or jump to" }).fill("diskfull");
  await page.getByRole("group", { name: "Firing alerts" }).getByRole("option", { name: /DiskFull/u }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("DiskFull");
});

test("one alert: labels, way, who was told, and where to go on", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await page.goto(`${server.url}/alerts`);
  await row(page, "DiskFull").getByRole("link", { name: "DiskFull" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("DiskFull");
  await expect(page.getByText("Clean up, or add a disk.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Runbook" })).toHaveAttribute("href", "https://wiki.example/disk-full");
  await expect(page.getByRole("region", { name: "Messages" }).getByRole("link", { name: "sent" })).toBeVisible();
  expect(hook.bodies.join("\n")).toContain("DiskFull");
  await expect(page.getByRole("region", { name: "Way" })).toContainText("tells web-critical");
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("Fired");
  await page.getByRole("region", { name: "Labels" }).getByText("build-07").hover();
  await page.getByRole("button", { name: "Only host = build-07" }).click();
  await expect(page).toHaveURL(/q=%7Bhost/u);
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("a link can ask to acknowledge at once, and it can be taken back", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await page.goto(`${server.url}/alerts`);
  const href = await row(page, "DiskFull").getByRole("link", { name: "DiskFull" }).getAttribute("href");
  await page.goto(`${server.url}/${href?.replace("./", "").split("?")[0] ?? ""}?acknowledge=1`);
  const dialog = page.getByRole("dialog", { name: "Acknowledge" });
  await dialog.getByRole("textbox", { name: "Your name" }).fill("Jo");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await expect(dialog).toBeHidden();
  await expect(page).not.toHaveURL(/acknowledge=1/u);
  await expect(page.getByRole("definition").filter({ hasText: "Jo" })).toBeVisible();
  await page.getByRole("button", { name: "Take acknowledgement back" }).click();
  await expect(page.getByRole("button", { name: "Acknowledge", exact: true })).toBeVisible();
});

test("the history tells what fired", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  await page.goto(`${server.url}/alerts?state=history`);
  await expect(page.getByText(/3 fired, 0 resolved/u)).toBeVisible();
  await expect(row(page, "DiskFull")).toContainText("still firing");
  await page.goto(`${server.url}/alerts?state=history&text=nothing-like-it`);
  await expect(page.getByText("No alert of this time matches")).toBeVisible();
});

test("an alert that nobody knows is told so", async ({ page, guard, tacho }) => {
  guard.allow(/404 \(Not Found\)/u);
  const server = await tacho(toHook(hook));
  await page.goto(`${server.url}/alerts/alert-987654`);
  await expect(page.getByText("There is no alert alert-987654")).toBeVisible();
  await expectAccessible(page);
});

test("the pages are accessible in both themes and fit on a phone", async ({ page, tacho }) => {
  const server = await withAlerts(tacho, hook);
  const paths = ["alerts", "alerts?view=groups", "alerts?state=history", "alerts?text=nothing-like-it"];
  await page.goto(`${server.url}/alerts`);
  const href = await row(page, "DiskFull").getByRole("link", { name: "DiskFull" }).getAttribute("href");
  for (const path of [...paths, href?.replace("./", "") ?? ""]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${server.url}/${path}`);
    await settled(page);
    await forEachTheme(page, () => expectAccessible(page));
    await page.setViewportSize({ width: 390, height: 844 });
    await settled(page);
    const over = (): Promise<number> => page.evaluate(() => Math.max(document.documentElement.scrollWidth - window.innerWidth, (document.querySelector("main")?.scrollWidth ?? 0) - (document.querySelector("main")?.clientWidth ?? 0)));
    await expect.poll(over, `${path} is not wider than the screen`).toBe(0);
    await expectAccessible(page);
  }
  await escape(page);
});

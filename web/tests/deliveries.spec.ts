// The delivery log: what was sent and what was not, trying again, and a test along the real route.
import type { Locator, Page } from "@playwright/test";
import { DISK, Hook, QUEUE, raise, toHook } from "./support/alerting";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { expect, test } from "./support/test";

const row = (page: Page, name: string): Locator => page.getByRole("row").filter({ hasText: name });

let hook: Hook;
test.beforeEach(async () => {
  hook = await Hook.start();
});
test.afterEach(() => hook.stop());

test("a message that was refused is given up, and is sent again by hand", async ({ page, tacho }) => {
  const server = await tacho(toHook(hook));
  hook.status = 400;
  await raise(server, DISK);
  await page.goto(`${server.url}/deliveries`);
  await expect(row(page, "DiskFull")).toContainText("given up");
  await expect(page.getByText("1 given up")).toBeVisible();
  await row(page, "DiskFull").click();
  await expect(page).toHaveURL(/id=/u);
  const panel = page.getByRole("region", { name: /^Message/u });
  await expect(panel.getByText("400", { exact: false }).first()).toBeVisible();
  await expect(panel.getByLabel("Text of the message")).toContainText("DiskFull");
  await forEachTheme(page, () => expectAccessible(page));
  hook.status = 200;
  await panel.getByRole("button", { name: "Send again now" }).click();
  await expect(row(page, "DiskFull").first()).toContainText("sent");
  await panel.getByRole("button", { name: "Close" }).click();
  await expect(page).not.toHaveURL(/id=/u);
});

test("filters narrow the log, and stay in the address", async ({ page, tacho }) => {
  const server = await tacho(toHook(hook));
  await raise(server, DISK, QUEUE);
  await page.goto(`${server.url}/deliveries`);
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.getByRole("combobox", { name: "Receiver" }).selectOption("web-critical");
  await expect(page).toHaveURL(/receiver=web-critical/u);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "given up" }).click();
  await expect(page.getByText("No message matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await expect(page.getByRole("row")).toHaveCount(3);
});

test("a test is shown first, then sent along the real route", async ({ page, tacho }) => {
  const server = await tacho(toHook(hook));
  await page.goto(`${server.url}/deliveries`);
  await expect(page.getByText("No message yet")).toBeVisible();
  await page.getByRole("button", { name: "Send a test" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Send a test" });
  await dialog.getByRole("combobox", { name: "Severity" }).selectOption("CRITICAL");
  await dialog.getByRole("textbox", { name: "More labels" }).fill("nonsense");
  await expect(dialog.getByRole("alert")).toContainText("expected NAME");
  await dialog.getByRole("textbox", { name: "More labels" }).fill('severity="critical"');
  await dialog.getByRole("button", { name: "Show what would be sent" }).click();
  await expect(dialog.getByText("not sent yet").first()).toBeVisible();
  expect(hook.bodies).toEqual([]);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(dialog.getByText(/arrived/u).first()).toBeVisible();
  expect(hook.bodies.join("\n")).toContain("TachographTest");
});

test("is accessible in both themes and fits on a phone", async ({ page, tacho }) => {
  const server = await tacho(toHook(hook));
  await raise(server, DISK, QUEUE);
  await page.goto(`${server.url}/deliveries`);
  await expect(row(page, "DiskFull")).toContainText("sent");
  await settled(page);
  await forEachTheme(page, () => expectAccessible(page));
  await page.setViewportSize({ width: 390, height: 844 });
  await settled(page);
  const over = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(over).toBe(0);
  await expectAccessible(page);
  await row(page, "DiskFull").click();
  await expect(page.getByRole("region", { name: /^Message/u })).toBeVisible();
  await expectAccessible(page);
});

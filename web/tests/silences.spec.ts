// Silences: made with a look at what they hide, prolonged, changed, ended and brought back.
import type { Locator, Page } from "@playwright/test";
import { DISK, NIGHTLY, QUEUE, raise } from "./support/alerting";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { withRules } from "./support/rules";
import { expect, test } from "./support/test";

const lines = (page: Page): Locator => page.getByRole("region", { name: "In force" }).getByRole("listitem").filter({ has: page.getByRole("button", { name: "End", exact: true }) });

test("a silence is made, prolonged, changed, ended and brought back", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await raise(server, DISK, QUEUE, NIGHTLY);
  await page.goto(`${server.url}/silences?new=${encodeURIComponent('{severity=~"warning|low"}')}`);
  const dialog = page.getByRole("dialog", { name: "New silence" });
  await expect(dialog.getByRole("textbox", { name: "Your name" })).toBeFocused();
  const hides = dialog.getByRole("region", { name: "What it would hide" });
  await expect(hides).toContainText("Hides 2 alerts now");
  await dialog.getByRole("button", { name: "Silence" }).click();
  await expect(dialog.getByRole("alert")).toContainText("say who you are");
  await dialog.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await dialog.getByRole("textbox", { name: "Why" }).fill("deploy");
  await dialog.getByRole("combobox", { name: "Value 1" }).fill("warning");
  await expect(hides).toContainText("Hides 1 alert now");
  await dialog.getByRole("button", { name: "4 hours" }).click();
  await forEachTheme(page, () => expectAccessible(page));
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();

  await expect(lines(page)).toHaveCount(1);
  await expect(lines(page)).toContainText("hides 1 alert");
  await expect(lines(page)).toContainText("deploy Ada");
  await lines(page).getByRole("button", { name: "+1 h" }).click();
  await expect(lines(page)).toContainText("ends in 4h");
  await lines(page).getByRole("button", { name: "Change" }).click();
  const change = page.getByRole("dialog", { name: "Change the silence" });
  await change.getByRole("textbox", { name: "Why" }).fill("longer deploy");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(lines(page)).toContainText("longer deploy");

  await lines(page).getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByText("Nothing is silenced")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(lines(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Expired" }).click();
  await expect(page.getByRole("region", { name: "Expired" })).toContainText("longer deploy");
  await page.getByRole("button", { name: "Silence again" }).first().click();
  await expect(page.getByRole("dialog", { name: "New silence" }).getByRole("combobox", { name: "Value 1" })).toHaveValue("warning");
});

test("a silence of everything is refused, an empty page says what to do, and all fits on a phone", async ({ page, tacho }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const server = await tacho(withRules());
  await page.goto(`${server.url}/silences`);
  await settled(page);
  await expect(page.getByText("Nothing is silenced")).toBeVisible();
  await forEachTheme(page, () => expectAccessible(page));
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New silence" });
  await dialog.getByRole("combobox", { name: "Label 1" }).fill("job");
  await dialog.getByRole("combobox", { name: "Operator 1" }).selectOption("=~");
  await dialog.getByRole("combobox", { name: "Value 1" }).fill(".*");
  await dialog.getByRole("button", { name: "Silence" }).click();
  await expect(dialog.getByRole("alert")).toContainText("not empty");
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  await forEachTheme(page, () => expectAccessible(page));
});

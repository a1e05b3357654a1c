// Routes with "Who gets this?", and who is on call.
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { withRules } from "./support/rules";
import { expect, test } from "./support/test";

test("the way of an alert lights up in the tree", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await page.goto(`${server.url}/routes`);
  await settled(page);
  const tree = page.getByRole("table", { name: /^Routes/u });
  await expect(tree.getByRole("row")).toHaveCount(5);
  await page.getByRole("searchbox", { name: "Labels of an alert" }).fill("severity=critical, team=jobs, queue=indexing");
  await expect(page).toHaveURL(/labels=severity/u);
  await expect(page.getByRole("region", { name: "Who gets this?" })).toContainText("pager, nights");
  await expect(page.getByRole("region", { name: "Who gets this?" })).toContainText("production");
  await expect(tree.getByRole("row").filter({ hasText: "severity=critical" })).toContainText("takes it");
  await expect(tree.getByRole("row").filter({ hasText: "index" })).toContainText("takes it");
  await page.getByRole("searchbox", { name: "Labels of an alert" }).fill("severity=warning, team=web");
  await expect(tree.getByRole("row").filter({ hasText: "team=jobs" })).toContainText('no: team="jobs" does not hold');
  await expect(page.getByRole("region", { name: "Who gets this?" })).toContainText("everyone");
  await forEachTheme(page, () => expectAccessible(page));
  await page.getByRole("searchbox", { name: "Labels of an alert" }).fill("severity=~crit");
  await expect(page.getByRole("alert")).toContainText("severity=VALUE");
});

test("receivers, inhibition and times are told", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await page.goto(`${server.url}/routes`);
  const receivers = page.getByRole("region", { name: "Receivers", exact: true });
  await expect(receivers.getByRole("row", { name: /nights/u })).toContainText("webhook");
  await expect(page.getByRole("region", { name: "Inhibition" })).toContainText("of the same alertname");
  await expect(page.getByRole("region", { name: "Times" })).toContainText("weekends");
});

test("who is on call, and somebody stands in", async ({ page, tacho }) => {
  const server = await tacho(withRules());
  await page.goto(`${server.url}/on-call`);
  await settled(page);
  const rota = page.getByRole("region", { name: "primary", exact: true });
  await expect(rota).toContainText("on call now");
  await expect(rota.getByRole("list", { name: /^Turns of primary/u }).getByRole("listitem").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "production" })).toContainText("after 15m");
  await forEachTheme(page, () => expectAccessible(page));

  await rota.getByRole("button", { name: "Stand in" }).click();
  const dialog = page.getByRole("dialog", { name: "Stand in: primary" });
  await dialog.getByRole("combobox", { name: "Who stands in" }).selectOption("Ada");
  await dialog.getByRole("textbox", { name: "For, or until" }).fill("3h");
  await dialog.getByRole("textbox", { name: "Why" }).fill("dentist");
  await dialog.getByRole("textbox", { name: "Your name" }).fill("Lin");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Stand in" }).click();
  await expect(dialog).toBeHidden();
  await expect(rota.getByRole("row", { name: /dentist/u })).toContainText("Ada");
  await rota.getByRole("button", { name: "Take back" }).click();
  await expect(rota.getByRole("row", { name: /dentist/u })).toHaveCount(0);
});

test("both pages fit on a phone", async ({ page, tacho }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const server = await tacho(withRules());
  for (const path of ["routes", "on-call"]) {
    await page.goto(`${server.url}/${path}`);
    await settled(page);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    await forEachTheme(page, () => expectAccessible(page));
  }
});

// The shell around every page: navigation, palette, shortcuts, theme, time range, deep links, not found, sign-in.
import { PAGES, settled } from "./support/pages";
import { AGENT, FAILING } from "./support/seed/constants";
import { tick } from "./support/steps";
import { expect, test } from "./support/test";

const RAIL = [
  { label: "Overview", path: "/", keys: "o" },
  { label: "Traces", path: "/traces", keys: "t" },
  { label: "Logs", path: "/logs", keys: "l" },
  { label: "Explore", path: "/explore", keys: "e" },
  { label: "Services", path: "/services", keys: "v" },
  { label: "Alerts", path: "/alerts", keys: "a" },
  { label: "Rules", path: "/rules", keys: "r" },
  { label: "Status", path: "/status", keys: "s" },
];

test("the rail leads to every page and says which one is open", async ({ frozen, seeded }) => {
  await frozen.goto(seeded);
  const rail = frozen.getByRole("navigation", { name: "Pages" });
  for (const { label, path } of RAIL) {
    const entry = rail.getByRole("link", { name: label, exact: true });
    await entry.click();
    await expect(frozen).toHaveURL((url) => url.pathname === path);
    await expect(entry).toHaveAttribute("aria-current", "page");
    await expect(frozen.locator("h1")).toHaveCount(1);
    await expect(frozen).toHaveTitle(new RegExp(label));
  }
  await frozen.goBack();
  await expect(frozen).toHaveURL(/\/rules/);
});

test("g and a letter lead to every page", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/status`);
  await settled(frozen);
  for (const { path, keys } of RAIL) {
    await frozen.keyboard.press("g");
    await frozen.keyboard.press(keys);
    await expect(frozen).toHaveURL((url) => url.pathname === path);
  }
});

test("the palette finds pages, services, and whatever an id stands for", async ({ frozen, seeded }) => {
  await frozen.goto(seeded);
  await settled(frozen);
  const field = frozen.getByRole("combobox", { name: "Search or jump to" });
  const ask = async (text: string): Promise<void> => {
    await frozen.keyboard.press("Control+k");
    await expect(field).toBeFocused();
    await field.fill(text);
  };
  await ask("logs");
  await frozen.keyboard.press("Enter");
  await expect(frozen).toHaveURL(/\/logs/);
  await expect(field).toBeHidden();

  await ask("payments");
  await frozen.getByRole("group", { name: "Services" }).getByRole("option", { name: /payments/ }).first().click();
  await expect(frozen).toHaveURL(/service=payments/);

  await ask(FAILING.traceId);
  await frozen.getByRole("option").first().waitFor();
  await frozen.keyboard.press("Enter");
  await expect(frozen).toHaveURL(new RegExp(FAILING.traceId));

  await ask("no such thing at all");
  await expect(frozen.getByRole("group", { name: "Search" })).toBeVisible();
  await frozen.keyboard.press("Escape");
  await expect(field).toBeHidden();
});

test("? lists the shortcuts, Escape closes the list", async ({ frozen, seeded }) => {
  await frozen.goto(seeded);
  await settled(frozen);
  await frozen.keyboard.press("?");
  const dialog = frozen.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText("change the time range")).toBeVisible();
  await frozen.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("a key right after Escape is not lost, however busy the page is", async ({ page, seeded }) => {
  await page.goto(`${seeded}/status`);
  await settled(page);
  const palette = page.getByRole("combobox", { name: "Search or jump to" });
  const time = page.getByRole("dialog", { name: "Time range" });
  const shortcuts = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  for (const [open, shown, next, then] of [["Control+k", palette, "t", time], ["t", time, "?", shortcuts], ["?", shortcuts, "t", time]] as const) {
    await page.keyboard.press(open);
    await expect(shown).toBeVisible();
    // Both keys wait for the page, and come before anything that the browser tells later.
    await page.evaluate(() => {
      setTimeout(() => {
        const end = performance.now() + 400;
        while (performance.now() < end);
      });
    });
    await Promise.all([page.keyboard.press("Escape"), page.keyboard.press(next)]);
    await expect(then).toBeVisible();
    await expect(shown).toBeHidden();
    await page.keyboard.press("Escape");
    await expect(then).toBeHidden();
  }
});

test("Escape takes back a palette that is still loading", async ({ page, seeded }) => {
  let letIn = (): void => undefined;
  const asked = new Promise<void>((done) => {
    void page.route("**/assets/Palette-*.js", async (route) => {
      done();
      await new Promise<void>((go) => {
        letIn = go;
      });
      await route.continue();
    });
  });
  await page.goto(`${seeded}/status`);
  await settled(page);
  await page.keyboard.press("Control+k");
  await asked;
  await page.keyboard.press("Escape");
  letIn();
  await page.keyboard.press("t");
  await expect(page.getByRole("dialog", { name: "Time range" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Search or jump to" })).toBeHidden();
});

test("the theme follows the system until one is chosen, which lasts", async ({ frozen, seeded }) => {
  await frozen.emulateMedia({ colorScheme: "light" });
  await frozen.goto(seeded);
  const html = frozen.locator("html");
  await expect(html).toHaveAttribute("data-mantine-color-scheme", "light");
  await frozen.emulateMedia({ colorScheme: "dark" });
  await expect(html).toHaveAttribute("data-mantine-color-scheme", "dark");
  await frozen.getByRole("button", { name: "Theme, time zone and help" }).click();
  await tick(frozen.getByRole("dialog", { name: "Settings" }).getByLabel("Light"));
  await expect(html).toHaveAttribute("data-mantine-color-scheme", "light");
  await frozen.reload();
  await expect(html).toHaveAttribute("data-mantine-color-scheme", "light");
});

test("a range is typed, stands in the address, and travels along", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/status`);
  await settled(frozen);
  await frozen.keyboard.press("t");
  const panel = frozen.getByRole("dialog", { name: "Time range" });
  const field = panel.getByLabel("From and to");
  await expect(field).toBeFocused();
  await field.fill("nonsense");
  await expect(panel.getByRole("button", { name: "Apply" })).toBeDisabled();
  await field.fill("now-3h to now");
  await frozen.keyboard.press("Enter");
  await expect(panel).toBeHidden();
  await expect(frozen).toHaveURL(/from=now-3h/);
  await frozen.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Logs" }).click();
  await expect(frozen).toHaveURL(/\/logs\?.*from=now-3h/);

  await frozen.keyboard.press("t");
  await expect(field).toBeFocused();
  await field.fill("2026-11-20T10:00:00Z to 2026-11-20T11:30:00Z");
  await frozen.keyboard.press("Enter");
  await expect(panel).toBeHidden();
  await expect(frozen).toHaveURL((url) => (url.searchParams.get("from") ?? "").startsWith("2026-11-20T10:00"));
  await frozen.keyboard.press("[");
  await expect(frozen).toHaveURL((url) => (url.searchParams.get("from") ?? "").startsWith("2026-11-20T09:15"));
});

test("the rail folds, and stays folded", async ({ frozen, seeded }) => {
  await frozen.goto(seeded);
  await frozen.getByRole("button", { name: "Fold the rail" }).click();
  await frozen.reload();
  await expect(frozen.getByRole("button", { name: "Unfold the rail" })).toBeVisible();
  await expect(frozen.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Traces" })).toBeVisible();
});

test("every page opens from its address as it was", async ({ frozen, seeded, context }) => {
  const range = "from=2026-11-20T11:20:00.000Z&to=2026-11-20T11:58:00.000Z";
  for (const { name, path } of PAGES) {
    const address = `${seeded}/${path}${path.includes("?") ? "&" : "?"}${range}`;
    await frozen.goto(address);
    await settled(frozen);
    const url = new URL(frozen.url());
    expect(url.searchParams.get("from"), name).toContain("2026-11-20T11:20");
    const heading = await frozen.locator("h1").innerText();
    // What a colleague sees who gets the address as it stands now.
    const other = await context.newPage();
    await other.goto(frozen.url());
    await expect(other.locator("h1"), name).toHaveText(heading);
    await expect(other, name).toHaveURL((address) => address.search === url.search);
    await other.close();
  }
});

test("an address that leads nowhere says so, with status 404", async ({ page, guard, seeded }) => {
  guard.allow(/404 \(Not Found\)/);
  const response = await page.goto(`${seeded}/no/such/page/${AGENT.traceId}`);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no such page");
  await page.getByRole("main").getByRole("link", { name: /overview/i }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/");
});

test("a server that is open to others asks for a token, and takes the right one", async ({ page, guard, tacho }) => {
  guard.allow(/401 \(Unauthorized\)/);
  const token = "a-token-that-is-long-enough";
  const server = await tacho({ http: "0.0.0.0:0", env: { TACHO_TOKEN: token } });
  await page.goto(`${server.url}/status`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  const field = page.getByLabel("Token", { exact: true });
  await field.fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The server does not know this token.")).toBeVisible();
  await field.fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await settled(page);
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
  await page.reload();
  await settled(page);
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
});

// The list of traces: query, filters, facets, pictures, the list itself, what arrives, and what is said when nothing matches.
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { FAILING } from "./support/seed/constants";
import { escape, openOverlay, tick } from "./support/steps";
import { expect, test } from "./support/test";

const rows = (page: Page): Locator => page.getByRole("table", { name: "Traces" }).locator("[data-row]");
const query = (page: Page): Locator => page.getByRole("textbox", { name: "TraceQL, or the id of a trace" });
const facet = (page: Page, name: string): Locator => page.getByRole("complementary", { name: "Facets" }).getByRole("region", { name: new RegExp(`^${name}(?: \\d+)?$`) });
const param = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

async function open(page: Page, base: string, search = ""): Promise<void> {
  await page.goto(`${base}/traces${search}`);
  await settled(page);
}

async function ask(page: Page, text: string): Promise<void> {
  // Where the editor has taken over from the plain field, it has a role and a place for text.
  await page.locator(".cm-content").waitFor();
  await query(page).click();
  await expect(query(page)).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  // Enter may take a completion; with Ctrl it always searches.
  await page.keyboard.press("Control+Enter");
}

test("a query is run with Enter and stands in the URL", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await expect(rows(frozen).first()).toBeVisible();
  await ask(frozen, '{ resource.service.name = "payments" && status = error }');
  await expect.poll(() => param(frozen, "q")).toBe('{ resource.service.name = "payments" && status = error }');
  await expect(rows(frozen).first()).toContainText("gateway");
  await expect(frozen.getByText(/\d+ traces in 1 h, \d+ with errors, answered in/)).toBeVisible();
  await frozen.reload();
  await settled(frozen);
  await expect(rows(frozen).first()).toContainText("gateway");
});

test("the id of a trace opens it", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await frozen.locator(".cm-content").waitFor();
  await frozen.keyboard.press("/");
  await expect(query(frozen)).toBeFocused();
  await frozen.keyboard.insertText(FAILING.traceId);
  await expect(frozen).toHaveURL(new RegExp(`/traces/${FAILING.traceId}`));
});

test("a mistake is shown where it is, and goes when it is mended", async ({ frozen, seeded, guard }) => {
  guard.allow(/status of 400/);
  await open(frozen, seeded);
  await ask(frozen, "{ status = erro }");
  await expect(frozen.getByRole("alert")).toContainText("unknown intrinsic `erro`");
  await expect(frozen.getByText("The search cannot be run")).toBeVisible();
  await expectAccessible(frozen);
  await ask(frozen, "{ status = error }");
  await expect(frozen.getByRole("alert")).toHaveCount(0);
  await expect(rows(frozen).first()).toBeVisible();
});

test("facets take values and leave them out; chips take them away again", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  const services = facet(frozen, "Service");
  await tick(services.getByRole("checkbox", { name: /payments/ }));
  await expect.poll(() => param(frozen, "service")).toBe("payments");
  await tick(services.getByRole("checkbox", { name: /checkout/ }));
  await expect.poll(() => param(frozen, "q")).toBe('{ (resource.service.name = "payments" || resource.service.name = "checkout") }');
  await expect(services.getByRole("checkbox", { name: /payments/ })).toBeChecked();
  await tick(services.getByRole("checkbox", { name: /checkout/ }), false);
  await frozen.getByRole("button", { name: "Remove filter service = payments" }).click();
  await expect.poll(() => param(frozen, "service")).toBeNull();
  await services.getByRole("button", { name: "Leave out Service gateway" }).click();
  await expect.poll(() => param(frozen, "q")).toBe('{ resource.service.name != "gateway" }');
});

test("chips become text", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?service=payments&status=error&min=10ms");
  await frozen.getByRole("button", { name: "as TraceQL" }).click();
  await expect.poll(() => param(frozen, "q")).toBe('{ resource.service.name = "payments" && status = error && duration >= 10ms }');
  await expect(frozen.getByRole("group", { name: "Filters" })).toHaveCount(0);
  await expect(rows(frozen).first()).toBeVisible();
});

test("the filter builder completes fields and values, and writes what parameters cannot say", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await frozen.keyboard.press("f");
  const form = frozen.getByRole("dialog", { name: "Add a filter" });
  await form.getByRole("combobox", { name: "Field" }).fill("service.n");
  await frozen.getByRole("option", { name: "service.name", exact: true }).click();
  await form.getByRole("combobox", { name: "Operator" }).selectOption("is not");
  await form.getByRole("combobox", { name: "Value" }).fill("pay");
  await frozen.getByRole("option", { name: "payments" }).click();
  await expectAccessible(frozen);
  await form.getByRole("button", { name: "Add filter" }).click();
  await expect.poll(() => param(frozen, "q")).toBe('{ resource.service.name != "payments" }');
});

test("examples run with one click", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await openOverlay(frozen, frozen.getByRole("button", { name: "Examples of queries" }));
  await expectAccessible(frozen);
  await frozen.getByRole("button", { name: /failed spans/ }).click();
  await expect.poll(() => param(frozen, "q")).toBe("{ status = error }");
});

test("the server sorts by duration, and the line says how far it looked", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await frozen.getByRole("columnheader", { name: "Duration" }).getByRole("button").click();
  await expect.poll(() => param(frozen, "sort")).toBe("-duration");
  await expect(frozen.getByText(/slowest of [\d,]+, answered/)).toBeVisible();
  await expect(rows(frozen).first()).toContainText("orchestrator");
  await expect(frozen.getByRole("columnheader", { name: "Duration" })).toHaveAttribute("aria-sort", "descending");
});

test("the list is walked by keys, opened with Enter, and stays small", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?from=now-3h");
  await expect(rows(frozen).first()).toBeVisible();
  await frozen.keyboard.press("j");
  await frozen.keyboard.press("j");
  await expect(rows(frozen).nth(1)).toBeFocused();
  await frozen.keyboard.press("End");
  await expect(frozen.getByText(/first 400 traces/)).toBeVisible();
  expect(await frozen.locator("*").count()).toBeLessThan(2_000);
  await frozen.keyboard.press("Home");
  await expect(rows(frozen).first()).toBeFocused();
  await frozen.keyboard.press("Enter");
  await expect(frozen).toHaveURL(/\/traces\/[0-9a-f]{32}\?from=now-3h/);
});

test("two ticked traces are compared", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  const ticks = frozen.getByRole("checkbox", { name: /^Compare / });
  await tick(ticks.nth(0));
  await tick(ticks.nth(1));
  await frozen.getByRole("link", { name: /^Compare / }).click();
  await expect(frozen).toHaveURL(/\/traces\/[0-9a-f]{32}\?.*tab=compare.*with=[0-9a-f]{32}/);
});

test("a bar of the picture zooms", async ({ frozen, seeded }) => {
  await open(frozen, seeded);
  await expect(frozen.getByText(/matching spans/)).toBeVisible();
  const bars = frozen.getByRole("slider", { name: /Matching spans/ });
  await bars.focus();
  await frozen.keyboard.press("End");
  await frozen.keyboard.press("ArrowLeft");
  await frozen.keyboard.press("Enter");
  await expect.poll(() => Number(param(frozen, "to")) - Number(param(frozen, "from"))).toBe(60_000);
});

test("a cell of the heat map sets range and durations", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?picture=heat");
  await expect(frozen.getByText(/matching spans/)).toBeVisible();
  const heat = frozen.getByRole("slider", { name: /Durations of matching spans/ });
  await heat.focus();
  await frozen.keyboard.press("ArrowRight");
  await frozen.keyboard.press("Enter");
  await expect.poll(() => param(frozen, "min")).toMatch(/^[\d.]+(us|ms|s)$/);
  await expect(rows(frozen).first()).toBeVisible();
});

test("nothing found: the condition that excludes all is named, and one click drops it", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?service=payments&q=%7B%20duration%20%3E%20900s%20%7D");
  await expect(frozen.getByText("No traces match in this range")).toBeVisible();
  await expectAccessible(frozen);
  await frozen.getByRole("button", { name: /Without duration > 900s [\d,]+ spans match/ }).click();
  await expect(rows(frozen).first()).toBeVisible();
});

test("recent searches and columns are in the menu", async ({ frozen, seeded }) => {
  await open(frozen, seeded, "?service=payments");
  await expect.poll(() => frozen.evaluate(() => localStorage.getItem("tacho.traces.recent"))).toContain("service=payments");
  await openOverlay(frozen, frozen.getByRole("button", { name: "Links, columns, recent searches" }));
  await expectAccessible(frozen);
  await frozen.getByRole("menuitemcheckbox", { name: "Services" }).click();
  await expect.poll(() => param(frozen, "cols")).toBe("start,name,duration,spans,errors,id");
  await expect(frozen.getByRole("columnheader", { name: "Services" })).toHaveCount(0);
  await escape(frozen);
  await open(frozen, seeded);
  await frozen.getByRole("button", { name: "Links, columns, recent searches" }).click();
  await frozen.getByRole("menuitem", { name: "service = payments" }).click();
  await expect.poll(() => param(frozen, "service")).toBe("payments");
});

test("new traces wait until they are asked for, or flow in", async ({ page, demo }) => {
  test.setTimeout(120_000);
  await open(page, demo);
  await expect(page.getByText(/\d+ new traces?/)).toBeVisible({ timeout: 60_000 });
  const newest = await rows(page).first().getByRole("link").getAttribute("href");
  await page.keyboard.press("u");
  await expect.poll(() => rows(page).first().getByRole("link").getAttribute("href")).not.toBe(newest);
  await page.getByRole("button", { name: "Follow" }).click();
  const then = await rows(page).first().getByRole("link").getAttribute("href");
  await expect.poll(() => rows(page).first().getByRole("link").getAttribute("href"), { timeout: 60_000 }).not.toBe(then);
});

test("narrow: facets are a drawer, rows have two lines", async ({ frozen, seeded }) => {
  await frozen.setViewportSize({ width: 390, height: 844 });
  await open(frozen, seeded);
  await expect(rows(frozen).first()).toBeVisible();
  await expect.poll(() => frozen.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await frozen.getByRole("button", { name: "Facets" }).click();
  const drawer = frozen.getByRole("dialog", { name: "Filter by" });
  await tick(drawer.getByRole("checkbox", { name: /payments/ }));
  await expectAccessible(frozen);
  await escape(frozen);
  await expect.poll(() => param(frozen, "service")).toBe("payments");
});

test("it is accessible in both themes", async ({ frozen, seeded }) => {
  await forEachTheme(frozen, async () => {
    await open(frozen, seeded, "?service=payments&status=error");
    await expect(rows(frozen).first()).toBeVisible();
    await expectAccessible(frozen);
  });
});

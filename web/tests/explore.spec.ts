// Explore: queries with completion, the chart and its legend, exemplars, errors where they are, the list of metrics.
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { SERVICES } from "./support/seed/constants";
import { escape, openOverlay } from "./support/steps";
import { expect, test } from "./support/test";

const BY_JOB = "sum by (job) (rate(http_server_requests_total[5m]))";
const P95 = "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))";

const editor = (page: Page, letter: string): Locator => page.getByRole("textbox", { name: `Query ${letter}, PromQL` });
const chart = (page: Page): Locator => page.getByRole("slider", { name: /^Result of .*, chart$/ });
const legend = (page: Page): Locator => page.getByRole("table", { name: "Series of the chart" });
const param = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

async function open(page: Page, base: string, queries: readonly string[], more = ""): Promise<void> {
  const search = new URLSearchParams(queries.map((query) => ["expr", query]));
  await page.goto(`${base}/explore?${search}${more}`);
  await settled(page);
}

/** Waits until the editor has taken the place of the plain field. */
async function ready(page: Page, letter: string): Promise<Locator> {
  const field = editor(page, letter);
  await expect(field).toHaveAttribute("contenteditable", "true");
  return field;
}

test("a query is typed with completion, run, and kept in the URL", async ({ frozen, seeded }) => {
  await open(frozen, seeded, []);
  await expect(frozen.getByRole("heading", { name: "Begin with one of these" })).toBeVisible();
  const field = await ready(frozen, "A");
  await field.click();
  await frozen.keyboard.type("sum(rate(http_server_requ", { delay: 30 });
  await expect(frozen.getByRole("option", { name: /http_server_requests_total/ })).toBeVisible();
  await frozen.keyboard.press("Escape");
  await frozen.keyboard.type("ests_total[5m");
  await frozen.keyboard.press("Escape");
  await frozen.keyboard.press("Enter");
  await expect.poll(() => param(frozen, "expr")).toBe("sum(rate(http_server_requests_total[5m]))");
  await expect(chart(frozen)).toBeVisible();
  await expect(frozen.getByText(/^1 series · .* samples read/)).toBeVisible();
  await frozen.reload();
  await expect(await ready(frozen, "A")).toHaveText("sum(rate(http_server_requests_total[5m]))");
});

test("the legend shows one series alone, turns one, and sorts", async ({ frozen, seeded }) => {
  await open(frozen, seeded, [BY_JOB]);
  for (const service of SERVICES.filter((name) => ["gateway", "checkout", "payments", "inventory", "search"].includes(name))) {
    await expect(legend(frozen).getByRole("button", { name: service, exact: true })).toHaveAttribute("aria-pressed", "true");
  }
  const payments = legend(frozen).getByRole("button", { name: "payments", exact: true });
  const search = legend(frozen).getByRole("button", { name: "search", exact: true });
  await payments.click();
  await expect(search).toHaveAttribute("aria-pressed", "false");
  await expect(payments).toHaveAttribute("aria-pressed", "true");
  await payments.click();
  await expect(search).toHaveAttribute("aria-pressed", "true");
  await search.click({ modifiers: ["Control"] });
  await expect(search).toHaveAttribute("aria-pressed", "false");
  await expect(payments).toHaveAttribute("aria-pressed", "true");
  await legend(frozen).getByRole("button", { name: "max" }).click();
  await expect(legend(frozen).getByRole("columnheader", { name: "max" })).toHaveAttribute("aria-sort", "descending");
});

test("the chart is read by keyboard, and a point leads to the traces of its time", async ({ frozen, seeded }) => {
  await open(frozen, seeded, [BY_JOB]);
  await expect(frozen.locator(".u-over")).toBeVisible();
  await chart(frozen).focus();
  await frozen.keyboard.press("End");
  await frozen.keyboard.press("ArrowLeft");
  await expect(chart(frozen)).toHaveAttribute("aria-valuetext", /^\d\d:\d\d(:\d\d)?: .*gateway [\d.]+\/s/);
  await frozen.keyboard.press("Enter");
  await expect(frozen).toHaveURL(/\/traces\?.*from=\d{13}&to=\d{13}/);
  await frozen.goBack();
  await expect(chart(frozen)).toBeVisible();
});

test("figures of a chart are there as a table", async ({ frozen, seeded }) => {
  await open(frozen, seeded, [BY_JOB]);
  await frozen.getByRole("button", { name: /^Show as table: Result of/ }).click();
  const table = frozen.getByRole("region", { name: /^Result of .*, table$/ });
  await expect(table.getByRole("columnheader", { name: "gateway" })).toBeVisible();
  await expect.poll(() => table.getByRole("row").count()).toBeGreaterThan(50);
});

test("exemplars are marked and can be left out", async ({ frozen, seeded }) => {
  await open(frozen, seeded, [P95]);
  const toggle = frozen.getByRole("button", { name: /^Exemplars \d+$/ });
  await expect(toggle).toBeVisible();
  await toggle.click();
  await expect(frozen.getByRole("button", { name: "Exemplars", exact: true })).toHaveAttribute("aria-pressed", "false");
});

test("an error stands below its query, marked in the text; the others are drawn", async ({ frozen, seeded, guard }) => {
  guard.allow(/status of 400/);
  await open(frozen, seeded, ["sum(rate(", "queue_depth"]);
  await ready(frozen, "A");
  await expect(frozen.getByText(/^1:\d+: parse error/)).toBeVisible();
  await expect(frozen.locator(".cm-lintRange-error")).toHaveCount(1);
  await expect(chart(frozen)).toBeVisible();
});

test("what the engine notes is shown below the query that caused it", async ({ frozen, seeded }) => {
  await open(frozen, seeded, ["rate(queue_depth[5m])"]);
  await expect(frozen.getByText(/^Note: metric might not be a counter/)).toBeVisible();
});

test("queries are added, duplicated, hidden, moved and removed", async ({ frozen, seeded }) => {
  await open(frozen, seeded, [BY_JOB, "queue_depth"]);
  const exprs = (): string[] => new URL(frozen.url()).searchParams.getAll("expr");
  const choose = async (letter: string, item: string): Promise<void> => {
    await frozen.getByRole("button", { name: `More for query ${letter}` }).click();
    await frozen.getByRole("menuitem", { name: item }).click();
  };
  await choose("A", "Move down");
  await expect.poll(exprs).toEqual(["queue_depth", BY_JOB]);
  await choose("A", "Duplicate");
  await expect.poll(exprs).toEqual(["queue_depth", "queue_depth", BY_JOB]);
  await choose("B", "Remove");
  await expect.poll(exprs).toEqual(["queue_depth", BY_JOB]);
  await frozen.getByRole("button", { name: "Hide query A" }).click();
  await expect.poll(() => param(frozen, "hide")).toBe("0");
  await expect(legend(frozen).getByRole("button", { name: /gateway/ })).toHaveCount(1);
  await frozen.getByRole("button", { name: "Query", exact: true }).click();
  await expect(editor(frozen, "C")).toBeVisible();
});

test("the table lists values at the end of the range, sorted by a label", async ({ frozen, seeded }) => {
  await open(frozen, seeded, ["queue_depth"], "&view=table");
  const table = frozen.getByRole("table", { name: /values at/ });
  await table.getByRole("button", { name: "job" }).click();
  await expect(table.getByRole("row").nth(1)).toContainText("checkout");
  await table.getByRole("button", { name: "job" }).click();
  await expect(table.getByRole("row").nth(1)).toContainText("search");
});

test("the list of metrics tells of each what it is, and begins a query", async ({ frozen, seeded }) => {
  await open(frozen, seeded, []);
  await frozen.keyboard.press("m");
  const drawer = frozen.getByRole("dialog", { name: "Metrics" });
  await drawer.getByRole("searchbox", { name: "Search metrics" }).fill("how long");
  await drawer.getByRole("option", { name: /http_server_request_duration_seconds/ }).click();
  await expect.poll(() => param(frozen, "metric")).toBe("http_server_request_duration_seconds");
  const detail = drawer.getByRole("region", { name: "http_server_request_duration_seconds" });
  await expect(detail.getByText("How long requests took.")).toBeVisible();
  await detail.getByRole("button", { name: /^job 5 values/ }).click();
  await expect(detail.getByRole("button", { name: /^payments/ })).toBeVisible();
  await detail.getByRole("button", { name: /95th percentile/ }).click();
  await expect.poll(() => param(frozen, "expr")).toContain("histogram_quantile(0.95");
  await expect(drawer).toHaveCount(0);
  await expect(chart(frozen)).toBeVisible();
  await frozen.getByRole("button", { name: "History" }).click();
  await expect(frozen.getByRole("menuitem", { name: /^histogram_quantile/ })).toBeVisible();
});

test("chart, editor with completion, menus and list of metrics are accessible in both themes", async ({ frozen, seeded }) => {
  test.slow();
  await forEachTheme(frozen, async () => {
    await open(frozen, seeded, [BY_JOB, P95]);
    await expect(frozen.locator(".u-over")).toHaveCount(2);
    await openOverlay(frozen, frozen.getByRole("button", { name: "More for query A" }));
    await expectAccessible(frozen);
    await escape(frozen);
    await (await ready(frozen, "B")).click();
    await frozen.keyboard.press("End");
    await frozen.keyboard.type(" + http_", { delay: 30 });
    await expect(frozen.getByRole("option").first()).toBeVisible();
    await expectAccessible(frozen);
    await open(frozen, seeded, [BY_JOB], "&metric=http_server_requests_total");
    await expect(frozen.getByRole("region", { name: "http_server_requests_total" })).toBeVisible();
    await expectAccessible(frozen);
  });
});

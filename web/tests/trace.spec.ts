// The page of one trace: deep links, search, errors, the tree, zoom, folded gaps, stacks, the span panel, large traces.
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { forEachTheme, settled } from "./support/pages";
import { AGENT, AGENTS, BIG, FAILING, HUGE, STRANGE } from "./support/seed/constants";
import { send, spansBody, type SeedSpan } from "./support/seed/otlp";
import { escape, openOverlay, restingBox, tick } from "./support/steps";
import { expect, test } from "./support/test";

const rows = (page: Page): Locator => page.getByRole("treegrid", { name: "Spans of the trace" });
const row = (page: Page, name: string | RegExp): Locator => rows(page).getByRole("row").filter({ hasText: name });
const panel = (page: Page): Locator => page.getByRole("region", { name: "Span details" });

/** Opens a trace and waits for its rows. */
async function open(page: Page, base: string, traceId: string, search = ""): Promise<void> {
  await page.goto(`${base}/traces/${traceId}${search}`);
  await rows(page).getByRole("row").first().waitFor({ timeout: 60_000 });
  await settled(page);
}

test("the header says what the trace is, and every chip finds its spans", async ({ frozen, seeded }) => {
  await open(frozen, seeded, AGENT.traceId);
  await expect(frozen.getByRole("heading", { level: 1 })).toHaveText("invoke_workflow fix-flaky-test");
  await expect(frozen.getByText(/tokens in, .* from cache/)).toBeVisible();
  await expect(frozen.getByText(/^\$0\.\d+$/)).toBeVisible();
  const parties = frozen.getByRole("group", { name: "Services and agents of the trace" });
  for (const agent of AGENTS) await expect(parties.getByRole("button", { name: new RegExp(agent) })).toBeVisible();
  await parties.getByRole("button", { name: /browser/ }).click();
  await expect(frozen).toHaveURL(/find=agent:%22browser%22/);
  await expect(parties.getByRole("button", { name: /browser/ })).toHaveAttribute("aria-pressed", "true");
});

test("an idle gap is folded with its length, and can be unfolded", async ({ frozen, seeded }) => {
  await open(frozen, seeded, AGENT.traceId);
  const fold = frozen.getByTitle(/no leaf span was at work/);
  await expect(fold).toHaveText(/^(8m \d\ds|7m 59s)$/);
  await openOverlay(frozen, frozen.getByRole("button", { name: "View", exact: true }));
  await tick(frozen.getByRole("checkbox", { name: "Fold idle gaps" }), false);
  await expect(fold).toHaveCount(0);
  await expect(frozen).toHaveURL(/fold=0/);
});

test("repeated steps are one row that opens", async ({ frozen, seeded }) => {
  await open(frozen, seeded, AGENT.traceId);
  const stack = row(frozen, `×${AGENT.edits}`);
  await expect(stack).toHaveAttribute("aria-expanded", "false");
  const before = Number(await rows(frozen).getAttribute("aria-rowcount"));
  await stack.click();
  await expect(stack).toHaveAttribute("aria-expanded", "true");
  await expect(rows(frozen)).toHaveAttribute("aria-rowcount", String(before + AGENT.edits));
  await stack.click();
  await expect(rows(frozen)).toHaveAttribute("aria-rowcount", String(before));
});

test("a deep link opens the span with its conversation first", async ({ frozen, seeded }) => {
  await open(frozen, seeded, AGENT.traceId, `?span=${AGENT.chatSpan}`);
  await expect(rows(frozen).locator("[aria-selected=true]")).toContainText("chat");
  const talk = panel(frozen).getByRole("region", { name: "Conversation" });
  await expect(talk.getByText("You are the planner.")).toBeVisible();
  await expect(talk.getByText("Two threads take the locks in opposite order.", { exact: false })).toBeVisible();
  // The prompt is a large value: it came by itself, folded to its first lines.
  const more = talk.getByRole("button", { name: /Show all \d+ lines/ });
  await more.click();
  await expect(talk.getByText(/worker_159\.rs/)).toBeVisible();
  await expect(panel(frozen).getByRole("region", { name: "Model call" })).toContainText("Tokens in");
  await panel(frozen).getByRole("button", { name: "Close the span (Esc)" }).click();
  await expect(panel(frozen)).toHaveCount(0);
  await expect(frozen).not.toHaveURL(/span=/);
});

test("a span inside of a stack is shown by its link", async ({ frozen, seeded }) => {
  await open(frozen, seeded, AGENT.traceId);
  await row(frozen, `×${AGENT.edits}`).click();
  await row(frozen, "execute_tool edit_file").nth(20).click();
  await expect(panel(frozen)).toBeVisible();
  await expect(frozen).toHaveURL(/span=/);
  const url = frozen.url();
  await frozen.goto("about:blank");
  await frozen.goto(url);
  await expect(rows(frozen).locator("[aria-selected=true]")).toBeInViewport();
  await expect(panel(frozen).getByText("Tool call: edit_file")).toBeVisible();
});

test("e goes to where it failed; the exception is readable; l leads to its logs", async ({ frozen, seeded }) => {
  await open(frozen, seeded, FAILING.traceId);
  await frozen.keyboard.press("e");
  await expect(frozen).toHaveURL(/span=fa11000000000005/);
  await frozen.keyboard.press("k");
  await expect(frozen).toHaveURL(new RegExp(`span=${FAILING.errorSpan}`));
  const exception = panel(frozen).getByRole("region", { name: "Exception" });
  await expect(exception.getByText(FAILING.exception, { exact: true })).toBeVisible();
  await expect(exception.getByText("/srv/payments/src/network.ts:118")).toBeVisible();
  await expect(panel(frozen).getByText(FAILING.logLine)).toBeVisible();
  await frozen.keyboard.press("l");
  await expect(frozen).toHaveURL(new RegExp(`/logs\\?.*span_id=${FAILING.errorSpan}`));
});

test("the search steps through matches, and shows them alone", async ({ frozen, seeded }) => {
  await open(frozen, seeded, AGENT.traceId);
  await frozen.keyboard.press("f");
  const field = frozen.getByRole("textbox", { name: "Search in the trace" });
  await expect(field).toBeFocused();
  await frozen.keyboard.type("edit_file");
  await expect(frozen).toHaveURL(/find=edit_file/);
  const found = frozen.getByRole("search").getByRole("status");
  await expect(found).toHaveText(String(AGENT.edits));
  await frozen.keyboard.press("Enter");
  await expect(found).toHaveText(`1 of ${AGENT.edits}`);
  await expect(row(frozen, `×${AGENT.edits}`)).toHaveAttribute("aria-expanded", "true");
  await frozen.keyboard.press("Shift+Enter");
  await expect(found).toHaveText(`${AGENT.edits} of ${AGENT.edits}`);
  await frozen.getByRole("button", { name: "only matches" }).click();
  await expect(rows(frozen)).toHaveAttribute("aria-rowcount", String(AGENT.edits + 3));
  await frozen.getByRole("button", { name: "Clear the search" }).click();
  await expect(frozen).not.toHaveURL(/find|only/);
});

test("z zooms to a subtree, the trail leads out", async ({ frozen, seeded }) => {
  await open(frozen, seeded, FAILING.traceId);
  await rows(frozen).focus();
  await frozen.keyboard.press("ArrowDown");
  await frozen.keyboard.press("ArrowDown");
  await frozen.keyboard.press("z");
  await expect(frozen).toHaveURL(/root=fa1100000000000/);
  const trail = frozen.getByRole("navigation", { name: "Zoomed to" });
  await expect(trail).toBeVisible();
  await frozen.goBack();
  await expect(trail).toHaveCount(0);
  await frozen.goForward();
  await trail.getByRole("button", { name: "Whole trace" }).click();
  await expect(frozen).not.toHaveURL(/root=/);
});

test("the tree is walked, closed and opened with the keyboard alone", async ({ frozen, seeded }) => {
  await open(frozen, seeded, FAILING.traceId);
  const grid = rows(frozen);
  await expect(grid).toHaveAttribute("aria-rowcount", "5");
  await grid.focus();
  await frozen.keyboard.press("Home");
  await frozen.keyboard.press("ArrowLeft");
  await expect(grid).toHaveAttribute("aria-rowcount", "1");
  await expect(row(frozen, "POST /checkout")).toHaveAttribute("aria-expanded", "false");
  await expect(row(frozen, "POST /checkout")).toContainText("errors below");
  await frozen.keyboard.press("ArrowRight");
  await expect(grid).toHaveAttribute("aria-rowcount", "5");
  await frozen.keyboard.press("End");
  await expect(async () => {
    const active = await grid.getAttribute("aria-activedescendant");
    await expect(frozen.locator(`#${active ?? "none"}`)).toContainText("CardNetwork.charge", { timeout: 1_000 });
  }).toPass();
  await frozen.keyboard.press("Enter");
  await expect(panel(frozen)).toBeVisible();
  await frozen.keyboard.press("Escape");
  await expect(panel(frozen)).toHaveCount(0);
  await frozen.keyboard.press("Home");
  await frozen.keyboard.press("m");
  await expect(grid).toHaveAttribute("aria-rowcount", "1");
  await frozen.keyboard.press("m");
  await expect(grid).toHaveAttribute("aria-rowcount", "5");
});

test("c shows the critical path alone", async ({ frozen, seeded }) => {
  await open(frozen, seeded, FAILING.traceId);
  await frozen.keyboard.press("c");
  await expect(frozen).toHaveURL(/critical=1/);
  await expect(frozen.getByRole("button", { name: /Remove filter critical path/ })).toBeVisible();
  await frozen.keyboard.press("Escape");
  await expect(frozen).not.toHaveURL(/critical=1/);
});

test("a window of time is chosen on the map, by pointer and by keyboard", async ({ frozen, seeded }) => {
  await open(frozen, seeded, FAILING.traceId);
  const from = frozen.getByRole("slider", { name: "Start of the time that is shown" });
  await from.focus();
  for (let press = 0; press < 20; press += 1) await frozen.keyboard.press("ArrowRight");
  await expect(frozen).toHaveURL(/window=/);
  await frozen.getByRole("button", { name: /Remove filter time/ }).click();
  await expect(frozen).not.toHaveURL(/window=/);
  const map = await restingBox(frozen.locator("canvas").first());
  await frozen.mouse.move(map.x + map.width * 0.2, map.y + 20);
  await frozen.mouse.down();
  await frozen.mouse.move(map.x + map.width * 0.6, map.y + 20, { steps: 4 });
  await frozen.mouse.up();
  await expect(frozen).toHaveURL(/window=\d/);
});

test("long and odd values neither break the panel nor load anything", async ({ frozen, seeded }) => {
  const outside: string[] = [];
  frozen.on("request", (request) => {
    if (!request.url().startsWith(seeded) && !request.url().startsWith("data:") && !request.url().startsWith("blob:")) outside.push(request.url());
  });
  await open(frozen, seeded, STRANGE.traceId, `?span=${STRANGE.valueSpan}`);
  await expect(panel(frozen).getByText("<img src=x onerror=alert(1)>")).toBeVisible();
  await panel(frozen).getByRole("button", { name: /^Load all/ }).first().click();
  await expect(panel(frozen).getByRole("button", { name: /^Load all/ })).toHaveCount(0);
  await panel(frozen).getByRole("button", { name: /^Show all .* characters/ }).first().click();
  expect(await frozen.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(2000);
  expect(outside).toEqual([]);
});

test("50,000 spans: few nodes, whatever is open", async ({ frozen, seeded }) => {
  await open(frozen, seeded, BIG.traceId);
  const nodes = (): Promise<number> => frozen.evaluate(() => document.querySelectorAll("*").length);
  expect(await nodes()).toBeLessThan(2000);
  await openOverlay(frozen, frozen.getByRole("button", { name: "View", exact: true }));
  await frozen.getByRole("button", { name: "Open everything" }).click();
  await escape(frozen);
  await expect.poll(async () => Number(await rows(frozen).getAttribute("aria-rowcount"))).toBeGreaterThan(30_000);
  await rows(frozen).evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }));
  await expect.poll(() => rows(frozen).getByRole("row").count()).toBeGreaterThan(10);
  expect(await nodes()).toBeLessThan(2000);
  await frozen.keyboard.press("e");
  await expect(panel(frozen)).toBeVisible();
  await expect(rows(frozen).locator("[aria-selected=true]")).toBeInViewport();
  expect(await nodes()).toBeLessThan(2000);
});

test("120,000 spans: what was left out is loaded where it is wanted", async ({ frozen, seeded }) => {
  test.setTimeout(180_000);
  // Its row is beyond the first 100,000: the link brings its ancestors and its place.
  const paged = (119_000).toString(16).padStart(16, "0");
  await open(frozen, seeded, HUGE.traceId, `?span=${paged}`);
  await expect(frozen.getByText("120,000 spans")).toBeVisible();
  await expect(rows(frozen).locator("[aria-selected=true]")).toBeInViewport({ timeout: 60_000 });
  // A span whose children were left out gets them when it is opened.
  const before = Number(await rows(frozen).getAttribute("aria-rowcount"));
  const closed = rows(frozen).locator("[aria-expanded=false]").filter({ hasText: "+20" }).first();
  await closed.locator("[data-open-row]").click();
  await expect.poll(async () => Number(await rows(frozen).getAttribute("aria-rowcount")), { timeout: 60_000 }).toBeGreaterThan(before);
});

test("a trace that is not here says why that may be", async ({ frozen, seeded, guard }) => {
  guard.allow(/404/);
  await frozen.goto(`${seeded}/traces/0000000000000000000000000000dead`);
  await expect(frozen.getByText("No span of this trace is here")).toBeVisible();
  await expect(frozen.getByRole("button", { name: "Look again" })).toBeVisible();
  await expectAccessible(frozen);
});

test("narrow: names above bars, the span as a sheet over the page", async ({ frozen, seeded }) => {
  await frozen.setViewportSize({ width: 390, height: 844 });
  await open(frozen, seeded, FAILING.traceId);
  await expect.poll(() => frozen.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await row(frozen, "POST /charge").click();
  const sheet = frozen.getByRole("dialog", { name: "Span details" });
  await expect(sheet).toBeVisible();
  await expectAccessible(frozen);
  await frozen.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
});

test("accessible in both themes, with panel and options open", async ({ frozen, seeded }) => {
  await open(frozen, seeded, AGENT.traceId, `?span=${AGENT.chatSpan}&find=edit`);
  await panel(frozen).getByRole("region", { name: "Conversation" }).waitFor();
  await forEachTheme(frozen, async () => expectAccessible(frozen));
  await openOverlay(frozen, frozen.getByRole("button", { name: "View", exact: true }));
  await expectAccessible(frozen);
});

test("a running trace grows in place, and says when its root has come", async ({ page, tacho }) => {
  const server = await tacho();
  const now = Date.now();
  const traceId = "11fe11fe11fe11fe11fe11fe11fe11fe";
  const id = (n: number): string => `11fe00000000000${n}`;
  const step = (n: number): SeedSpan => ({ traceId, spanId: id(n), parent: id(1), name: `step ${n}`, startMs: now - 9_000 + n * 1_000, endMs: now - 8_200 + n * 1_000 });
  const give = (...spans: readonly SeedSpan[]): Promise<void> => send(server.otlp, "traces", spansBody(new Map([["runner", spans]])));
  await give(step(2), step(4));
  await open(page, server.url, traceId);
  await expect(page.getByText("still running")).toBeVisible();
  await row(page, "step 4").click();
  await expect(panel(page)).toBeVisible();
  await give(step(3));
  await expect(rows(page)).toHaveAttribute("aria-rowcount", "3", { timeout: 30_000 });
  await expect(rows(page).getByRole("row").nth(1)).toContainText("step 3");
  await give({ traceId, spanId: id(1), name: "run", startMs: now - 8_000, endMs: now });
  await expect(rows(page)).toHaveAttribute("aria-rowcount", "4", { timeout: 30_000 });
  await expect(page.getByText("still running")).toHaveCount(0);
  await expect(rows(page).locator("[aria-selected=true]")).toContainText("step 4");
});

// The logs page: searching, opening a record and what is around it, patterns, downloads, 100,000 lines, the
// keyboard. The live tail is in `tail.spec.ts`.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { grid, openLogs, rows } from "./support/logs";
import { settled, THEMES } from "./support/pages";
import { FAILING, LOG_LINES, NEEDLE } from "./support/seed/constants";
import { escape, openOverlay, tick } from "./support/steps";
import { expect, test } from "./support/test";

const result = (page: Page): Locator => page.locator("main [role=status][aria-live=polite]");
const panel = (page: Page): Locator => page.getByRole("complementary", { name: "Log record" });

/** Scrolls to a place of the list (from 0), and gives the id of the first row from there on that leads to a trace. */
async function scrollTo(page: Page, place: number): Promise<string> {
  await grid(page).evaluate((element, to) => element.scrollTo(0, to), 24 * place);
  // Until the list has drawn, the rows of the place before are still there.
  await expect(grid(page).locator(`[aria-rowindex="${place + 2}"]`)).toBeInViewport();
  const linked = rows(page).filter({ has: page.getByRole("link") });
  const ids = await linked.evaluateAll((found, from) => found.filter((row) => Number(row.dataset["index"]) >= from).map((row) => row.id), place);
  expect(ids[0]).toMatch(/^line-[0-9a-f]{16}$/u);
  return ids[0] ?? "";
}

interface Listed {
  readonly logs: readonly { readonly id: string; readonly timestamp: string; readonly body: unknown; readonly serviceName: string }[];
}

async function list(base: string, search: string): Promise<Listed["logs"]> {
  const response = await fetch(`${base}/api/v1/logs?${search}`);
  // The golden OpenAPI file names this shape.
  return ((await response.json()) as Listed).logs;
}

test.describe("lines", () => {
  test("say what was found, and a word is looked for in them", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded);
    await expect(result(frozen)).toContainText(/10\d,\d{3} lines, last hour/u);
    await frozen.keyboard.press("/");
    await expect(frozen.getByRole("textbox", { name: "LogQL query" })).toBeFocused();
    await frozen.keyboard.type(NEEDLE);
    await frozen.keyboard.press("Enter");
    await expect(frozen).toHaveURL(new RegExp(`q=.*${NEEDLE}`, "u"));
    await expect(rows(frozen)).toHaveCount(1);
    await expect(rows(frozen).locator("mark")).toHaveText(NEEDLE);
    await expect(result(frozen)).toContainText("1 of ~10");
    await expect(result(frozen)).toContainText(`Lines that contain “${NEEDLE}”`);
    await frozen.goBack();
    await expect(rows(frozen).nth(10)).toBeVisible();
  });

  test("are narrowed by level, service and attribute with one click or one field each", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded);
    const facets = frozen.getByRole("complementary", { name: "Facets" });
    await tick(facets.getByRole("checkbox", { name: /^error/u }));
    await expect(frozen).toHaveURL(/severity=ERROR,ERROR/u);
    await expect(rows(frozen).first()).toContainText("error");
    await facets.getByRole("button", { name: "Leave out Service inventory" }).click();
    await expect(frozen).toHaveURL(/service_name.*inventory/u);
    await expect(rows(frozen).first()).not.toContainText("inventory");
    await frozen.getByRole("button", { name: /Remove filter severity/u }).click();
    await expect(frozen).not.toHaveURL(/severity/u);
    for (const field of ["Agent", "Task id", "Correlation id"]) {
      await expect(facets.getByRole("combobox", { name: new RegExp(`^${field}`, "u") })).toBeVisible();
    }
    await facets.getByRole("combobox", { name: /^Task id/u }).fill("task-none");
    await facets.getByRole("combobox", { name: /^Task id/u }).press("Enter");
    await expect(frozen.getByText("No line matches")).toBeVisible();
    await frozen.getByRole("button", { name: /without task_id = task-none/u }).click();
    await expect(rows(frozen).first()).toBeVisible();
  });

  test("say where a query is wrong", async ({ frozen, seeded, guard }) => {
    guard.allow(/400 \(Bad Request\)/u);
    await openLogs(frozen, seeded, `?q=${encodeURIComponent("{} | json")}`);
    await expect(frozen.getByRole("alert")).toContainText("not supported yet");
    await expect(frozen.getByRole("alert").locator("mark")).toHaveText("j");
    await frozen.getByRole("button", { name: "Go on without it" }).click();
    await expect(rows(frozen).first()).toBeVisible();
  });

  test("of 100,000 scroll with few elements, and Back returns to the place", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded);
    await expect(grid(frozen)).toHaveAttribute("aria-rowcount", /\d+/u);
    await expect(async () => {
      await grid(frozen).evaluate((element) => element.scrollTo(0, element.scrollHeight));
      expect(Number(await grid(frozen).getAttribute("aria-rowcount"))).toBeGreaterThan(8000);
    }).toPass({ timeout: 60_000 });
    expect(await frozen.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(2000);
    const seen = frozen.locator(`#${await scrollTo(frozen, 4000)}`);
    await seen.getByRole("link").click();
    await expect(frozen).toHaveURL(/\/traces\/[0-9a-f]{32}/u);
    await expect(frozen.getByRole("treegrid", { name: "Spans of the trace" })).toBeVisible();
    await frozen.goBack();
    await expect(seen).toBeInViewport();
  });

  test("are where they were when Back leads out of another search", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded);
    const seen = frozen.locator(`#${await scrollTo(frozen, 120)}`);
    await tick(frozen.getByRole("complementary", { name: "Facets" }).getByRole("checkbox", { name: /^error/u }));
    await expect(rows(frozen).first()).toContainText("error");
    await expect(seen).toHaveCount(0);
    await frozen.goBack();
    await expect(seen).toBeInViewport();
  });

  test("zoom to what is picked in the histogram", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded);
    const chart = frozen.getByRole("slider", { name: /Lines over time by level/u });
    await chart.focus();
    await frozen.keyboard.press("Home");
    await frozen.keyboard.press("ArrowRight");
    await frozen.keyboard.press("Enter");
    await expect(frozen).toHaveURL(/from=2026-11-20T11:0\d:00.000Z&to=2026-11-20T11:0\d:00.000Z/u);
    await expect(result(frozen)).toContainText(/1,[67]\d\d lines/u);
  });

  test("have columns of any attribute", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded, "?cols=thread.id");
    await expect(grid(frozen).getByRole("columnheader", { name: /thread\.id/u })).toBeVisible();
    await openOverlay(frozen, frozen.getByRole("button", { name: "Columns" }));
    await tick(frozen.getByRole("checkbox", { name: "code.function.name" }));
    await expect(frozen).toHaveURL(/cols=thread\.id,code\.function\.name/u);
    await escape(frozen);
    await grid(frozen).getByRole("button", { name: "Remove column thread.id" }).click();
    await expect(frozen).toHaveURL(/cols=code\.function\.name/u);
  });
});

test.describe("a record", () => {
  test("opens by keyboard, with its context and its span", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded, `?trace_id=${FAILING.traceId}`);
    await expect(rows(frozen).first()).toBeVisible();
    await frozen.keyboard.press("j");
    await frozen.keyboard.press("Enter");
    await expect(panel(frozen)).toBeVisible();
    await expect(frozen).toHaveURL(/record=[0-9a-f]{16}/u);
    await frozen.keyboard.press("x");
    await expect(frozen).toHaveURL(/panel=context/u);
    await expect(panel(frozen).getByRole("listitem").nth(5)).toBeVisible();
    await frozen.keyboard.press("Escape");
    await expect(panel(frozen)).toBeHidden();
    await frozen.keyboard.press("o");
    await expect(frozen).toHaveURL(new RegExp(`/traces/${FAILING.traceId}\\?.*span=`, "u"));
  });

  test("has a link that finds it wherever it is", async ({ frozen, seeded }) => {
    const [needle] = await list(seeded, `q=${encodeURIComponent(`{} |= "${NEEDLE}"`)}`);
    const id = needle?.id ?? "";
    // In the middle of 100,000 lines, far from the first page.
    await openLogs(frozen, seeded, `?record=${id}`);
    await expect(frozen.locator(`#line-${id}`)).toBeInViewport();
    await expect(frozen.locator(`#line-${id}`)).toHaveAttribute("aria-selected", "true");
    await expect(panel(frozen)).toContainText(NEEDLE);
    await expect.poll(() => rows(frozen).count()).toBeGreaterThan(20);
    // Outside of the range that the link names.
    await openLogs(frozen, seeded, `?record=${id}&from=now-5m&to=now`);
    await expect(frozen.locator(`#line-${id}`)).toBeInViewport();
    await expect(frozen).toHaveURL(/from=2026-11-20T11:2/u);
  });

  test("shows what stands around it, in order, whatever the filters say", async ({ frozen, seeded }) => {
    const [needle] = await list(seeded, `q=${encodeURIComponent(`{} |= "${NEEDLE}"`)}`);
    await openLogs(frozen, seeded, `?q=${encodeURIComponent(`{} |= "${NEEDLE}"`)}&record=${needle?.id ?? ""}&panel=context`);
    const around = panel(frozen).getByRole("listitem");
    await expect(around).toHaveCount(41);
    await expect(panel(frozen).locator("[aria-current=true]")).toContainText(NEEDLE);
    await panel(frozen).getByRole("button", { name: "Earlier lines" }).click();
    await expect(around).toHaveCount(91);
    await panel(frozen).getByRole("button", { name: "All services" }).click();
    const answer = await fetch(`${seeded}/api/v1/logs/${needle?.id ?? ""}/context?before=70&after=20&stream=all`);
    // As the golden OpenAPI file names it.
    const { logs } = (await answer.json()) as Listed;
    await expect(around.first()).toContainText(String(logs[0]?.serviceName));
    await expect(around.nth(1).getByRole("button")).toHaveAttribute("title", `${logs[1]?.timestamp ?? ""} ${logs[1]?.serviceName ?? ""}`);
  });

  test("filters by what it holds", async ({ frozen, seeded }) => {
    await openLogs(frozen, seeded);
    await rows(frozen).first().click();
    const thread = panel(frozen).getByRole("button", { name: /^Only thread\.id = / });
    await thread.focus();
    await thread.press("Enter");
    await expect(frozen).toHaveURL(/attr=thread\.id(?:=|%3D)\d+/u);
    await expect(frozen.getByRole("button", { name: /Remove filter thread\.id/u })).toBeVisible();
  });
});

test("patterns lead to their lines", async ({ frozen, seeded }) => {
  await openLogs(frozen, seeded, "?view=patterns");
  const table = frozen.getByRole("region", { name: "Patterns" });
  await expect(table.getByRole("row").nth(3)).toBeVisible();
  const pattern = table.getByRole("button", { name: /card network/u }).first();
  await pattern.click();
  await expect(frozen).not.toHaveURL(/view=patterns/u);
  await expect(rows(frozen).first()).toContainText("card network");
});

test("a download gives what matches", async ({ frozen, seeded }) => {
  await openLogs(frozen, seeded, `?service=payments&severity=ERROR`);
  await frozen.getByRole("button", { name: "Download what matches" }).click();
  const started = frozen.waitForEvent("download");
  await frozen.getByRole("button", { name: "Download", exact: true }).click();
  const file = await (await started).path();
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  await expect(result(frozen).locator("strong")).toHaveText(/^[\d,]+$/u);
  const matched = await result(frozen).locator("strong").textContent();
  expect(lines).toHaveLength(Math.min(10_000, Number(matched?.replaceAll(",", ""))));
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ serviceName: "payments", severity: "ERROR" });
});

for (const theme of THEMES) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    test("an open record and patterns are accessible", async ({ frozen, seeded }) => {
      await openLogs(frozen, seeded);
      await rows(frozen).first().click();
      for (const name of ["Record", "JSON", "Context"]) {
        await panel(frozen).getByRole("button", { name, exact: true }).click();
        await settled(frozen);
        await expectAccessible(frozen);
      }
      await openLogs(frozen, seeded, "?view=patterns");
      await expectAccessible(frozen);
    });

    test("menus and forms are accessible", async ({ frozen, seeded }) => {
      await openLogs(frozen, seeded);
      for (const name of ["Columns", "Copy as a command", "Download what matches", "Add filter"]) {
        await openOverlay(frozen, frozen.getByRole("button", { name }));
        await expectAccessible(frozen);
        await escape(frozen);
      }
    });
  });
}

test("the seeded data are what these tests rely on", async ({ seeded }) => {
  const response = await fetch(`${seeded}/api/v1/logs/count?start=2026-11-20T11:00:00Z&end=2026-11-20T12:00:00Z`);
  const { count } = (await response.json()) as { count: number };
  expect(count).toBeGreaterThanOrEqual(LOG_LINES);
});

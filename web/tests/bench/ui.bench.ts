// How long it takes until pages are painted, and how smoothly they scroll.
import type { Page, TestInfo } from "@playwright/test";
import { settled } from "../support/pages";
import { BIG, HUGE, NOW } from "../support/seed/constants";
import { test } from "../support/test";

const TURNS = 7;

/** The hour that the seeded data end with. The clock is the real one: a fixed one brings frames of its own. */
const HOUR = `from=${NOW - 3_600_000}&to=${NOW}&live=0`;

/** The middle and the last of sorted numbers, at least one. */
function summary(values: readonly number[]): { readonly middle: number; readonly worst: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { middle: sorted[Math.floor(sorted.length / 2)] ?? 0, worst: sorted.at(-1) ?? 0 };
}

function row(testInfo: TestInfo, what: string, values: readonly number[], digits = 0): void {
  const { middle, worst } = summary(values);
  testInfo.annotations.push({ type: "row", description: `| ${what} | ${middle.toFixed(digits)} ms | ${worst.toFixed(digits)} ms |` });
}

/** Milliseconds from the start of the navigation until an element is there and a frame was drawn. */
async function untilThere(page: Page, address: string, selector: string): Promise<number> {
  await page.goto("about:blank");
  await page.goto(address, { waitUntil: "commit" });
  return page.evaluate(
    (wanted) =>
      new Promise<number>((done) => {
        const look = (): void => {
          if (document.querySelector(wanted) === null) requestAnimationFrame(look);
          else requestAnimationFrame(() => done(performance.now()));
        };
        look();
      }),
    selector,
  );
}

/** Milliseconds between frames while the pointer's wheel turns. */
async function frames(page: Page, turns: number): Promise<number[]> {
  const box = await page.locator("main").boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 800) / 2, (box?.y ?? 0) + (box?.height ?? 600) * 0.7);
  await page.evaluate(() => {
    const gaps: number[] = [];
    let last = performance.now();
    const next = (now: number): void => {
      gaps.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    Object.assign(window, { benchGaps: gaps });
    requestAnimationFrame(next);
  });
  for (let turn = 0; turn < turns; turn += 1) {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(16);
  }
  const found: unknown = await page.evaluate(() => Reflect.get(window, "benchGaps"));
  return Array.isArray(found) ? found.filter((gap): gap is number => typeof gap === "number").slice(1) : [];
}

const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

function frameRow(testInfo: TestInfo, what: string, gaps: readonly number[]): void {
  const description = `| ${what}, time between frames p50 / p95 | ${percentile(gaps, 0.5).toFixed(1)} ms | ${percentile(gaps, 0.95).toFixed(1)} ms |`;
  testInfo.annotations.push({ type: "row", description });
}

/** A row of data, not one that waits for them. */
const ROWS = "main [role='row'] [role='gridcell']:not([aria-label='Loading'])";

test("overview", async ({ page, seeded }, testInfo) => {
  const first: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) first.push(await untilThere(page, `${seeded}/?${HOUR}`, "main h1"));
  row(testInfo, "Overview: heading painted", first);
  const figures: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) figures.push(await untilThere(page, `${seeded}/?${HOUR}`, "main canvas, main svg[role='img']"));
  row(testInfo, "Overview: first picture painted", figures);
});

for (const [what, trace] of [["50,000", BIG], ["120,000", HUGE]] as const) {
  test(`a trace of ${what} spans`, async ({ page, seeded }, testInfo) => {
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) times.push(await untilThere(page, `${seeded}/traces/${trace.traceId}`, ROWS));
    row(testInfo, `Trace of ${what} spans: first rows`, times);
    await settled(page);
    frameRow(testInfo, `Trace of ${what} spans: scrolling`, await frames(page, 150));
  });
}

test("100,000 log lines", async ({ page, seeded }, testInfo) => {
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) times.push(await untilThere(page, `${seeded}/logs?${HOUR}`, ROWS));
  row(testInfo, "100,000 log lines: first rows", times);
  await settled(page);
  frameRow(testInfo, "100,000 log lines: scrolling", await frames(page, 150));
});

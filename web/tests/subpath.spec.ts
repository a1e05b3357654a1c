// The UI below a path: behind a proxy that takes it off, and behind one that passes it on.
import { PAGES, settled } from "./support/pages";
import { startProxy } from "./support/proxy";
import { AGENT } from "./support/seed/constants";
import { expect, test } from "./support/test";
import type { Page } from "@playwright/test";

/** Walks through all pages below a path; nothing may be asked for outside of it. */
async function walk(page: Page, base: string): Promise<void> {
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${base}/`) && request.url() !== base && !request.url().startsWith("data:")) outside.push(request.url());
  });
  await page.goto(base);
  await settled(page);
  const rail = page.getByRole("navigation", { name: "Pages" });
  for (const label of ["Traces", "Logs", "Explore", "Services", "Status", "Overview"]) {
    await rail.getByRole("link", { name: label, exact: true }).click();
    await expect(page.locator("h1")).toHaveCount(1);
    expect(page.url().startsWith(base), page.url()).toBe(true);
  }
  for (const { path } of PAGES) {
    await page.goto(`${base}/${path}`);
    await settled(page);
    expect(page.url().startsWith(base), page.url()).toBe(true);
  }
  expect(outside).toEqual([]);
}

test("behind a proxy that takes the path off", async ({ frozen, seeded }) => {
  const proxy = await startProxy({ to: seeded, prefix: "/ops/tacho", strip: true });
  await walk(frozen, proxy.url);
  await proxy.close();
});

test("behind a proxy that passes the path on", async ({ page, guard, tacho }) => {
  // It has no data, so the trace is not there.
  guard.allow(/404 \(Not Found\).*\/traces\//);
  const server = await tacho({ settings: ["http.base_path=/ops/tacho"] });
  const proxy = await startProxy({ to: server.url, prefix: "/ops/tacho", strip: false });
  await walk(page, proxy.url);
  await proxy.close();
});

test("live data come through", async ({ page, demo }) => {
  const proxy = await startProxy({ to: demo, prefix: "/tacho", strip: true });
  await page.goto(`${proxy.url}/logs?tail=1`);
  const stream = (): (typeof proxy.seen)[number] | undefined => proxy.seen.find(({ path }) => path.startsWith("/tacho/api/v1/stream"));
  await expect.poll(() => stream()?.type).toContain("text/event-stream");
  // The demo goes on working, so there is something to tell.
  await expect.poll(() => stream()?.bytes() ?? 0, { timeout: 30_000 }).toBeGreaterThan(0);
  await page.close();
  await proxy.close();
});

test("a trace opens from its address below a path", async ({ frozen, seeded }) => {
  const proxy = await startProxy({ to: seeded, prefix: "/tacho", strip: true });
  await frozen.goto(`${proxy.url}/traces/${AGENT.traceId}?span=${AGENT.chatSpan}`);
  await settled(frozen);
  await expect(frozen).toHaveURL(new RegExp(`/tacho/traces/${AGENT.traceId}\\?.*span=${AGENT.chatSpan}`));
  await proxy.close();
});

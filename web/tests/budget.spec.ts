// What pages cost: requests, bytes, nodes of the document, and memory of a live tail. The limits stand here, asserted.
import type { Page } from "@playwright/test";
import { PAGES, settled } from "./support/pages";
import { logsBody, send } from "./support/seed/otlp";
import { BIG } from "./support/seed/constants";
import { expect, test } from "./support/test";

/** Upper limits of a page that is opened for the first time: bytes as they come over the wire, headers left out. */
interface Limits {
  /** Requests to the API until the page has settled. */
  readonly calls: number;
  /** Bytes of answers of the API. */
  readonly dataBytes: number;
  /** Bytes of the page's own files, fonts included. */
  readonly fileBytes: number;
}

const LIMITS: Readonly<Record<string, Limits>> = {
  overview: { calls: 8, dataBytes: 150_000, fileBytes: 380_000 },
  traces: { calls: 10, dataBytes: 200_000, fileBytes: 480_000 },
  trace: { calls: 10, dataBytes: 250_000, fileBytes: 420_000 },
  logs: { calls: 10, dataBytes: 400_000, fileBytes: 520_000 },
  explore: { calls: 12, dataBytes: 300_000, fileBytes: 560_000 },
  services: { calls: 8, dataBytes: 150_000, fileBytes: 400_000 },
  alerts: { calls: 8, dataBytes: 150_000, fileBytes: 400_000 },
  deliveries: { calls: 8, dataBytes: 150_000, fileBytes: 400_000 },
  status: { calls: 10, dataBytes: 150_000, fileBytes: 380_000 },
};

const NODES_MAX = 2_000;

/** Counts what a page asks for. */
async function counted(page: Page): Promise<() => { calls: string[]; dataBytes: number; fileBytes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const api = new Map<string, boolean>();
  const calls: string[] = [];
  const bytes = { data: 0, file: 0 };
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    const path = new URL(request.url).pathname;
    const isCall = /^\/(api|prometheus|ready|health)/.test(path);
    api.set(requestId, isCall);
    if (isCall) calls.push(`${request.method} ${path}`);
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    if (api.get(requestId) === true) bytes.data += encodedDataLength;
    else bytes.file += encodedDataLength;
  });
  return () => ({ calls, dataBytes: bytes.data, fileBytes: bytes.file });
}

for (const { name, path } of PAGES) {
  test(`${name} costs no more than it may`, async ({ frozen, seeded }, testInfo) => {
    const limits = LIMITS[name];
    if (limits === undefined) throw new Error(`no limits for ${name}`);
    const cost = await counted(frozen);
    await frozen.goto(`${seeded}/${path}`);
    await settled(frozen);
    await frozen.waitForTimeout(2_000);
    const { calls, dataBytes, fileBytes } = cost();
    const told = `${name}: ${calls.length} calls, ${dataBytes} bytes of data, ${fileBytes} bytes of files`;
    testInfo.annotations.push({ type: "cost", description: told });
    expect.soft(calls.length, `${told}\n${calls.join("\n")}`).toBeLessThanOrEqual(limits.calls);
    expect.soft(dataBytes, told).toBeLessThanOrEqual(limits.dataBytes);
    expect.soft(fileBytes, told).toBeLessThanOrEqual(limits.fileBytes);
  });
}

const nodes = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll("*").length);

test("a trace of 50,000 spans has less than 2,000 nodes, also after scrolling", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/traces/${BIG.traceId}`);
  await settled(frozen);
  const rows = frozen.getByRole("treeitem").or(frozen.getByRole("row"));
  await rows.first().waitFor({ timeout: 60_000 });
  expect(await nodes(frozen)).toBeLessThan(NODES_MAX);
  await rows.first().hover();
  for (let turn = 0; turn < 20; turn += 1) await frozen.mouse.wheel(0, 4_000);
  await settled(frozen);
  expect(await nodes(frozen)).toBeLessThan(NODES_MAX);
});

test("100,000 log lines have less than 2,000 nodes", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/logs`);
  await settled(frozen);
  await frozen.waitForTimeout(1_000);
  expect(await nodes(frozen)).toBeLessThan(NODES_MAX);
});

test("a live tail of two minutes does not grow", async ({ page, tacho }) => {
  test.setTimeout(300_000);
  const server = await tacho();
  await page.goto(`${server.url}/logs?tail=1&live=1`);
  await settled(page);
  const session = await page.context().newCDPSession(page);
  const heapBytes = async (): Promise<number> => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize;
  };
  let line = 0;
  /** 200 lines a second for so many seconds. */
  const feed = async (seconds: number): Promise<void> => {
    for (let turn = 0; turn < seconds * 2; turn += 1) {
      const start = Date.now();
      const records = Array.from({ length: 100 }, () => {
        line += 1;
        return { atMs: Date.now(), severity: 9 as const, body: `line ${line} of the tail, ${"x".repeat(line % 80)}` };
      });
      await send(server.otlp, "logs", logsBody(new Map([["shop", records]])));
      await page.waitForTimeout(Math.max(0, 500 - (Date.now() - start)));
    }
  };
  // The buffer of the tail fills up first; from then on it must not grow.
  await feed(60);
  const samples = [await heapBytes()];
  for (let turn = 0; turn < 4; turn += 1) {
    await feed(15);
    samples.push(await heapBytes());
  }
  const first = samples[0] ?? 0;
  const growth = Math.min(...samples.slice(-2)) - first;
  expect(growth, `heap in bytes: ${samples.join(", ")}`).toBeLessThan(Math.max(4_000_000, first * 0.25));
  expect(await nodes(page)).toBeLessThan(NODES_MAX);
});

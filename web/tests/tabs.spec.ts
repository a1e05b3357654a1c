// Eight tabs of one browser: all of them stay live, over few connections.
import { settled } from "./support/pages";
import { logsBody, send } from "./support/seed/otlp";
import { expect, test } from "./support/test";

const TABS = 8;

test("eight open tabs all stay live", async ({ context, guard, tacho }) => {
  const server = await tacho();
  const tabs = [];
  for (let tab = 0; tab < TABS; tab += 1) {
    const page = await context.newPage();
    await guard.watch(page);
    await page.goto(`${server.url}/logs?tail=1&live=1`);
    tabs.push(page);
  }
  await Promise.all(tabs.map((page) => settled(page)));
  for (const turn of ["first", "second", "third"]) {
    const line = `the ${turn} line for all tabs`;
    await send(server.otlp, "logs", logsBody(new Map([["shop", [{ atMs: Date.now(), severity: 9, body: line }]]])));
    for (const [index, page] of tabs.entries()) {
      await expect(page.getByText(line).first(), `tab ${index + 1}, ${turn} line`).toBeVisible({ timeout: 30_000 });
    }
  }
  // Other requests still get through: streams do not use up the connections of the browser.
  const last = tabs[TABS - 1];
  await last?.goto(`${server.url}/status`);
  if (last !== undefined) await settled(last);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const streams = /^tacho_server_http_connections_open\S* (\d+)/m.exec(metrics)?.[1];
  if (streams !== undefined) expect(Number(streams)).toBeLessThanOrEqual(8);
});

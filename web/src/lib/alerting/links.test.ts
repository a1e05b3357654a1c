// @vitest-environment jsdom
import { expect, test } from "vitest";
import { alertFor } from "@/lib/alerting/fixture";
import { linkOf, logsLink, scopeOf, tracesLink, tracesQuery, windowOf } from "@/lib/alerting/links";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const MINUTE = 60_000;

test("only addresses are links", () => {
  expect(linkOf("https://wiki/x")).toEqual({ href: "https://wiki/x", inside: false });
  expect(linkOf("/traces?service=api")).toEqual({ href: "./traces?service=api", inside: true });
  expect(linkOf("./alerts/alert-1")).toEqual({ href: "./alerts/alert-1", inside: true });
  expect(linkOf("/runbooks/agent-failure")?.inside).toBe(false);
  expect(linkOf("/runbooks/agent-failure")?.href).toMatch(/\/runbooks\/agent-failure$/u);
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "", undefined, "see the wiki"]) expect(linkOf(bad)).toBeUndefined();
});

test("the time to look at begins before the alert and ends after it, or now", () => {
  const firing = windowOf({ startsAt: "2026-11-20T11:50:00Z" }, 5 * MINUTE, NOW);
  expect(firing).toEqual({ fromMs: NOW - 40 * MINUTE, toMs: NOW });
  const over = windowOf({ startsAt: "2026-11-20T08:00:00Z", endsAt: "2026-11-20T10:00:00Z" }, 0, NOW);
  expect(over).toEqual({ fromMs: NOW - 4 * 60 * MINUTE - 40 * MINUTE, toMs: NOW - 90 * MINUTE });
  const long = windowOf({ startsAt: "2026-01-01T00:00:00Z" }, 0, NOW);
  expect(long.toMs - long.fromMs).toBe(7 * 24 * 60 * MINUTE);
});

test("what stands behind it is searched by service and agent, in its time", () => {
  const window = { fromMs: 1_000_000_000_000, toMs: 1_000_000_600_000 };
  const alert = alertFor({ labels: { service_name: "api", agent_id: "coder-1" } });
  expect(tracesLink(alert, window)).toBe("./traces?service=api&attr=agent.id%3Dcoder-1&status=error&from=1000000000000&to=1000000600000");
  expect(logsLink(alert, window)).toContain("severity=ERROR");
  expect(tracesLink({ ...alert, tracesUrl: "/traces?q=%7B%7D&from=now-1h&to=now" }, window)).toBe("./traces?q=%7B%7D&from=now-1h&to=now");
  expect(scopeOf({ job: "x" })).toBeUndefined();
  expect(logsLink(alertFor({ labels: {} }), window)).toBeUndefined();
});

test("the traces behind it are asked for as its link says", () => {
  const labels = { service_name: "api" };
  expect(tracesQuery({ labels, tracesUrl: "/traces?name=workflow.execute&status=error&attr=a%3Db&min=1m" })).toEqual({
    service: undefined, name: "workflow.execute", q: undefined, attr: ["a=b"], status: "error", min_duration: "1m",
  });
  expect(tracesQuery({ labels, tracesUrl: "/traces/0123?span=1" })).toEqual({ service: "api", attr: [], status: "error" });
  expect(tracesQuery({ labels: {} })).toBeUndefined();
});

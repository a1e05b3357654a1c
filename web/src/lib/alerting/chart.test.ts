import { expect, test } from "vitest";
import { bandsOf, seriesOf, thresholdsOf } from "@/lib/alerting/chart";
import { alertFor } from "@/lib/alerting/fixture";

const WINDOW = { fromMs: Date.parse("2026-11-20T09:00:00Z"), toMs: Date.parse("2026-11-20T12:00:00Z") };

test("shades this time and earlier ones that reach into the window", () => {
  const earlier = [
    { id: "alert-1", firedAt: "2026-11-20T10:00:00Z" },
    { id: "alert-0", firedAt: "2026-11-20T08:00:00Z", resolvedAt: "2026-11-20T09:30:00Z" },
    { id: "alert-00", firedAt: "2026-11-19T08:00:00Z", resolvedAt: "2026-11-19T09:30:00Z" },
  ];
  const bands = bandsOf({ alert: alertFor({ severity: "critical" }), earlier }, WINDOW);
  expect(bands).toEqual([
    { fromMs: Date.parse("2026-11-20T10:00:00Z"), toMs: WINDOW.toMs, tone: "red" },
    { fromMs: Date.parse("2026-11-20T08:00:00Z"), toMs: Date.parse("2026-11-20T09:30:00Z"), tone: "red" },
  ]);
  expect(bandsOf({ alert: alertFor({ state: "pending" }), earlier: [] }, WINDOW)).toEqual([]);
});

test("the threshold is a line with its value in its unit", () => {
  expect(thresholdsOf({ threshold: 0.1, unit: "ratio", severity: "high" })).toEqual([{ value: 0.1, label: "threshold 10%", tone: "amber" }]);
  expect(thresholdsOf(alertFor())).toEqual([]);
});

test("series are named by what tells them apart", () => {
  const result = ["a", "b"].map((pod) => ({ metric: { pod, job: "x" }, values: [[1, "2"] as const] }));
  expect(seriesOf({ resultType: "matrix", result }, "up").map((one) => one.name)).toEqual(["a", "b"]);
});

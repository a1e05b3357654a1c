// What the palette finds.
import { expect, test } from "vitest";
import { fitting, looksLikeId } from "@/lib/palette";

const entries = [{ label: "Logs" }, { label: "Last hour", words: "time range" }, { label: "orchestrator_tasks_total" }, { label: "Use the dark theme" }];
const labels = (typed: string): string[] => fitting(entries, typed, 10).map((entry) => entry.label);

test("nothing typed: everything, in order", () => {
  expect(labels("  ")).toEqual(entries.map((entry) => entry.label));
  expect(fitting(entries, "", 2)).toHaveLength(2);
});

test("what starts with it comes first, then words that do, then the rest", () => {
  expect(labels("l")).toEqual(["Logs", "Last hour", "orchestrator_tasks_total"]);
  expect(labels("tasks")).toEqual(["orchestrator_tasks_total"]);
  expect(labels("theme dark")).toEqual(["Use the dark theme"]);
  expect(labels("range")).toEqual(["Last hour"]);
  expect(labels("nothing")).toEqual([]);
});

test("ids are told from words", () => {
  expect(looksLikeId("4065c6c449c19c7c823c2e20bbcd2098")).toBe(true);
  expect(looksLikeId("task-4299215a6e644250-01")).toBe(true);
  expect(looksLikeId("550e8400-e29b-41d4-a716-446655440000")).toBe(true);
  expect(looksLikeId("orchestrator")).toBe(false);
  expect(looksLikeId("two words 1")).toBe(false);
  expect(looksLikeId("abc")).toBe(false);
});

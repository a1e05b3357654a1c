import { expect, test } from "vitest";
import { readSeverities, severityOfPattern, severityTone, worstSeverity } from "@/lib/alerting/severity";

test("a parameter names severities in any order and case", () => {
  expect(readSeverities("low,CRITICAL,nonsense")).toEqual(["critical", "low"]);
  expect(readSeverities("")).toEqual([]);
});

test("the worst comes first, and only what needs a look has a tone", () => {
  expect(worstSeverity(["info", "high", "low"])).toBe("high");
  expect(worstSeverity([])).toBeUndefined();
  expect(severityTone("low")).toBe("steady");
});

test("patterns of all words of a severity", () => {
  expect(severityOfPattern("(?i:critical|crit|page)")).toBe("critical");
  expect(severityOfPattern("(?i:ops|critical)")).toBeUndefined();
  expect(severityOfPattern("critical|high")).toBeUndefined();
});

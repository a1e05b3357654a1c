import { describe, expect, it } from "vitest";
import { SEVERITIES, chosenSeverities, severityOfNumber, severityParam, severityWords, toneOf, type Severity } from "@/lib/logs/severity";

describe("severities", () => {
  it("reads and writes every set back to itself", () => {
    for (let bits = 1; bits < 1 << SEVERITIES.length; bits += 1) {
      const set = new Set<Severity>(SEVERITIES.filter((_, index) => (bits & (1 << index)) !== 0));
      expect(chosenSeverities(severityParam(set)), severityParam(set)).toEqual(set);
    }
  });
  it("writes short parameters", () => {
    expect(severityParam(new Set(["ERROR", "FATAL"]))).toBe("ERROR");
    expect(severityParam(new Set(["ERROR"]))).toBe("ERROR,ERROR");
    expect(severityParam(new Set(SEVERITIES))).toBe("");
  });
  it("reads numbers and words", () => {
    expect([...chosenSeverities("13")]).toEqual(["FATAL", "ERROR", "WARN"]);
    expect(chosenSeverities("nonsense").size).toBe(7);
    expect(severityOfNumber(19)).toBe("ERROR");
    expect(severityWords("warn")).toBe("warn and graver");
    expect(severityWords("INFO,INFO")).toBe("info");
    expect([toneOf("INFO"), toneOf("WARN"), toneOf("FATAL")]).toEqual(["steady", "amber", "red"]);
  });
});

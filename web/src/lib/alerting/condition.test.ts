import { describe, expect, it } from "vitest";
import { readCondition, writeCondition } from "./condition";

describe("short conditions", () => {
  it("go to fields and back", () => {
    for (const text of ["rate(5m) > 0.1", "> 3", "p95(10m) >= 60s", "increase(1h) > 5 by service, agent", "max(5m) < budget_limit * 0.9"]) {
      const read = readCondition(text);
      expect(read).toBeDefined();
      if (read !== undefined) expect(writeCondition(read)).toBe(text);
    }
  });

  it("stay text where they say more", () => {
    expect(readCondition("absent(5m)")).toBeUndefined();
    expect(readCondition("rate(5m)")).toBeUndefined();
    expect(readCondition("mystery(5m) > 1")).toBeUndefined();
    expect(readCondition("")).toBeUndefined();
  });
});

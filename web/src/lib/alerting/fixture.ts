// An alert for tests.
import type { Alert } from "@/api/schema";

/** An alert that fires, changed as asked. */
export function alertFor(change: Partial<Alert> = {}): Alert {
  return {
    id: "alert-1", fingerprint: "00000000000000aa", name: "X", state: "firing", severity: "high", summary: "X", labels: { alertname: "X" }, annotations: {},
    startsAt: "2026-11-20T10:00:00Z", updatedAt: "2026-11-20T10:00:00Z", source: "rules", generatorUrl: "", receivers: ["slack"], told: [], hidden: [],
    escalationLevel: 0, recent: [], ...change,
  };
}

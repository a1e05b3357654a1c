// Takes alerts on, and takes that back; says how it went. A group is acknowledged as a whole, so it is asked once a group.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { api } from "@/api/client";
import type { Alert } from "@/api/schema";
import { plural } from "@/lib/numbers";
import { toast } from "@/shell/toast";

/** What an alert is acknowledged by. */
type Named = Pick<Alert, "id" | "groupKey" | "name">;

interface Acknowledge {
  readonly busy: boolean;
  /** Whether all of it went well. */
  acknowledge(alerts: readonly Named[], by: string, comment: string): Promise<boolean>;
  unacknowledge(alert: Named): Promise<boolean>;
}

/** One alert of each group. */
function onePerGroup(alerts: readonly Named[]): readonly Named[] {
  return [...new Map(alerts.map((alert) => [alert.groupKey ?? alert.id, alert])).values()];
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The two calls. */
export function useAcknowledge(): Acknowledge {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const run = useCallback(
    async (calls: readonly (() => Promise<unknown>)[], done: string, failed: string): Promise<boolean> => {
      setBusy(true);
      const problems: string[] = [];
      for (const call of calls) {
        try {
          await call();
        } catch (error) {
          problems.push(wordsOf(error));
        }
      }
      setBusy(false);
      await client.invalidateQueries({ queryKey: ["alerts"] });
      if (problems.length === 0) toast(done);
      else toast(`${failed}: ${[...new Set(problems)].slice(0, 3).join("; ")}`, "failed");
      return problems.length === 0;
    },
    [client],
  );
  return {
    busy,
    acknowledge: (alerts, by, comment) => {
      const groups = onePerGroup(alerts);
      const [first] = groups;
      const what = groups.length === 1 && first !== undefined ? first.name : plural(groups.length, "group");
      return run(groups.map(({ id }) => () => api.post("/api/v1/alerts/{alert_id}/acknowledge", { path: { alert_id: id }, body: { by, comment } })), `Acknowledged: ${what}`, "Not acknowledged");
    },
    unacknowledge: ({ id, name }) =>
      run([() => api.delete("/api/v1/alerts/{alert_id}/acknowledge", { path: { alert_id: id } })], `No longer acknowledged: ${name}`, "Still acknowledged"),
  };
}

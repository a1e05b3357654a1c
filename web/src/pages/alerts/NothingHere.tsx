// An empty list: nothing matches the filters, all is quiet, or nothing is watched at all; and what to do.
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api } from "@/api/client";
import type { AlertCounts } from "@/api/schema";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import controls from "@/shell/controls.module.css";
import { Empty } from "@/shell/help";
import { isFiltered, type AlertsSearch } from "./search";

interface NothingHereProps {
  readonly search: AlertsSearch;
  readonly counts: AlertCounts | undefined;
  readonly onClear: () => void;
}

/** Why the list is empty. */
export function NothingHere({ search, counts, onClear }: NothingHereProps): ReactElement {
  const others = counts === undefined ? 0 : counts.firing + counts.pending;
  if (isFiltered(search)) {
    return (
      <Empty
        title="No alert matches"
        hint={others === 0 ? "Nothing fires at the moment, with or without these filters." : `${plural(others, "alert")} fire or are pending with other filters.`}
        action={
          <button type="button" className={controls["button"]} onClick={onClear}>
            Clear filters
          </button>
        }
      />
    );
  }
  if (search.state === "pending") return <Empty title="Nothing is pending" hint="An alert is pending while its condition holds, but not yet for as long as its rule asks." />;
  if (search.state === "resolved") return <Empty title="Nothing was resolved within the last hour" hint="The history has what was over earlier." action={<Go href={hrefs.alerts({ state: "history", from: "now-24h", to: "now" })} className={controls["button"]}>History of the last 24 hours</Go>} />;
  return <Quiet />;
}

/** Nothing fires: calm where rules watch, plain words where none do. */
function Quiet(): ReactElement {
  const { data } = useQuery({ queryKey: ["alerts", "rules", "counts"], queryFn: ({ signal }) => api.get("/api/v1/rules", { query: { kind: "alerting" }, signal }), staleTime: 60_000, retry: false });
  const counts = data?.counts;
  if (counts?.total === 0) {
    return (
      <Empty
        title="Nothing is watched yet"
        hint="There is no rule, and no other system has sent an alert. Write a rule, bring Prometheus rule files, or let a Prometheus or Grafana send its alerts here."
        action={<Go href={hrefs.newRule()} className={`${controls["button"]} ${controls["primary"]}`}>Write a rule</Go>}
      />
    );
  }
  const failing = counts === undefined || counts.failing === 0 ? "" : ` ${plural(counts.failing, "rule")} cannot be evaluated.`;
  return (
    <Empty
      title="All quiet"
      hint={counts === undefined ? "Nothing fires and nothing is pending." : `Nothing fires and nothing is pending. ${plural(counts.total, "rule")} ${counts.total === 1 ? "watches" : "watch"}.${failing}`}
      action={<Go href={hrefs.rules()} className={controls["button"]}>Rules</Go>}
    />
  );
}

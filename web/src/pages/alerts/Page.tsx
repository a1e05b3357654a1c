// The page "Alerts": what fires now, who was told and who has taken it on; and what fired before.
import { useState, type ReactElement } from "react";
import { AlertingTabs } from "@/components/AlertingTabs";
import { Go } from "@/components/Go";
import { countsLine } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import { useSearchState } from "@/lib/urlState";
import { useFiring } from "@/shell/alerts/useFiring";
import controls from "@/shell/controls.module.css";
import { Failure, Loading } from "@/shell/help";
import { AlertTable } from "./AlertTable";
import { Filters } from "./Filters";
import { History } from "./History";
import { NothingHere } from "./NothingHere";
import { alertsCodec, NO_FILTERS, type AlertsSearch } from "./search";
import { MOST_ALERTS, useAlertList } from "./useAlertList";
import classes from "./Page.module.css";

/** The page "Alerts". */
export function Page(): ReactElement {
  const [search, set] = useSearchState(alertsCodec);
  const { data } = useFiring();
  return (
    <div className={classes["page"]}>
      <header className={classes["head"]}>
        <h1>Alerts</h1>
        <p role="status" className={classes["facts"]}>
          {data === undefined ? "" : countsLine(data.counts)}
        </p>
        <div className={classes["actions"]}>
          <Go href={hrefs.silences({ new: search.q === "" ? "{}" : search.q })} className={controls["button"]}>
            New silence
          </Go>
          <Go href={hrefs.newRule()} className={controls["button"]}>
            New rule
          </Go>
        </div>
      </header>
      <AlertingTabs />
      <Filters search={search} counts={data?.counts} onChange={set} />
      {search.state === "history" ? <History search={search} onText={(text) => set({ text }, "replace")} /> : <List search={search} onClear={() => set(NO_FILTERS)} />}
    </div>
  );
}

interface ListProps {
  readonly search: AlertsSearch;
  readonly onClear: () => void;
}

function List({ search, onClear }: ListProps): ReactElement {
  const list = useAlertList(search);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  if (list.loading) return <div aria-busy="true"><Loading rows={10} height={34} /></div>;
  if (list.error !== null && list.alerts.length === 0) return <Failure error={list.error} onRetry={list.retry} />;
  if (list.alerts.length === 0) return <NothingHere search={search} counts={list.counts} onClear={onClear} />;
  return (
    <>
      {list.error === null ? null : <Failure error={list.error} onRetry={list.retry} />}
      <AlertTable list={list} grouped={search.view === "groups"} ticked={ticked} onTicked={setTicked} />
      {list.alerts.length < MOST_ALERTS ? null : <p className={classes["quiet"]}>{`The first ${MOST_ALERTS} of ${list.total}. Narrow the list to see others.`}</p>}
    </>
  );
}

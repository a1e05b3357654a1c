// The list of alerts: one dense line each, walked by keyboard, ticked with x, acknowledged with a, silenced with s.
import { useRef, useState, type ReactElement } from "react";
import type { Alert } from "@/api/schema";
import { AcknowledgeDialog } from "@/components/alerting/AcknowledgeDialog";
import { useNow } from "@/components/alerting/useNow";
import { useGo } from "@/components/Go";
import { VirtualRows, type VirtualRowsHandle } from "@/components/VirtualRows";
import { hrefs } from "@/lib/href";
import { formatExact } from "@/lib/numbers";
import { AlertRow } from "./AlertRow";
import { GroupRow } from "./GroupRow";
import { SelectionBar } from "./SelectionBar";
import { useAlertLines } from "./useAlertLines";
import type { AlertRows } from "./useAlertList";
import classes from "./AlertTable.module.css";

interface AlertTableProps {
  readonly list: AlertRows;
  readonly grouped: boolean;
  readonly ticked: ReadonlySet<string>;
  readonly onTicked: (ticked: ReadonlySet<string>) => void;
}

const COLUMNS = ["Severity", "What", "Where", "Value", "Lately", "Told", "Taken on or hidden", "Since"] as const;
const ROW_PX = 34;

/** The table. */
export function AlertTable({ list, grouped, ticked, onTicked }: AlertTableProps): ReactElement {
  const go = useGo();
  const nowMs = useNow();
  const rows = useRef<VirtualRowsHandle>(null);
  const [asked, setAsked] = useState<readonly Alert[]>([]);
  const { lines, at, choose, tick, acknowledge, silence } = useAlertLines({ alerts: list.alerts, grouped, ticked, onTicked, rows, onAcknowledge: setAsked });
  const chosen = list.alerts.filter((alert) => ticked.has(alert.id));
  const tickAll = (on: boolean): void => (on ? tick(list.alerts.map((alert) => alert.id), true) : onTicked(new Set()));
  return (
    <div className={classes["box"]} aria-busy={list.stale || undefined}>
      {chosen.length === 0 ? null : <SelectionBar count={chosen.length} onAcknowledge={acknowledge} onSilence={silence} onClear={() => onTicked(new Set())} />}
      <div role="table" aria-label={`Alerts, ${formatExact(list.total)}`} aria-rowcount={lines.length + 1} className={classes["grid"]}>
        <Head all={chosen.length === list.alerts.length} onAll={tickAll} />
        <VirtualRows
          ref={rows}
          as="rows"
          label="Alerts"
          count={lines.length}
          current={at}
          onCurrent={choose}
          onOpen={(place) => {
            const line = lines[place];
            if (line?.kind === "alert") go(hrefs.alert(line.id));
          }}
          onEnd={list.loadMore}
          keyOf={(place) => lines[place]?.id ?? place}
          rowHeight={ROW_PX}
          measured
          row={(place) => {
            const line = lines[place];
            if (line === undefined) return null;
            if (line.kind === "group") return <GroupRow group={line.group} ticked={ticked} columns={COLUMNS.length + 1} onTick={tick} />;
            return <AlertRow alert={line.alert} nowMs={nowMs} ticked={ticked.has(line.id)} onTick={(on) => tick([line.id], on)} />;
          }}
        />
      </div>
      <p className={classes["foot"]} role="status">
        {list.loadingMore ? "Loading more …" : list.more ? `${formatExact(list.alerts.length)} of ${formatExact(list.total)}, more as you scroll` : ""}
      </p>
      <AcknowledgeDialog alerts={asked} onClose={() => setAsked([])} onDone={() => onTicked(new Set())} />
    </div>
  );
}

function Head({ all, onAll }: { readonly all: boolean; readonly onAll: (on: boolean) => void }): ReactElement {
  return (
    <div role="rowgroup" className={classes["headGroup"]}>
      <div role="row" aria-rowindex={1} className={classes["head"]}>
        <span role="columnheader">
          <input type="checkbox" className={classes["box24"]} aria-label="Tick all that are listed" checked={all} onChange={(event) => onAll(event.currentTarget.checked)} />
        </span>
        {COLUMNS.map((name) => (
          <span key={name} role="columnheader" data-right={name === "Value" || name === "Since" || undefined}>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

// The line above the alerts of a group: its labels, how many they are, whom its routes name.
import type { ReactElement } from "react";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { matchersOf } from "@/lib/alerting/matchers";
import { groupFacts, type AlertGroup } from "@/lib/alerting/rows";
import { plural } from "@/lib/numbers";
import classes from "./AlertTable.module.css";

interface GroupRowProps {
  readonly group: AlertGroup;
  readonly ticked: ReadonlySet<string>;
  /** Columns of the table. */
  readonly columns: number;
  readonly onTick: (ids: readonly string[], on: boolean) => void;
}

/** The one cell of the line. */
export function GroupRow({ group, ticked, columns, onTick }: GroupRowProps): ReactElement {
  const { worst, receivers } = groupFacts(group);
  const ids = group.alerts.map((alert) => alert.id);
  const name = group.key === "" ? "alerts in no group" : `group ${group.labels}`;
  return (
    <div role="presentation" className={classes["group"]}>
      <span role="cell" aria-colspan={columns} className={classes["groupCell"]} title={group.key}>
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- keeps the click from choosing the line */}
        <input type="checkbox" className={classes["box24"]} tabIndex={-1} aria-label={`Tick ${name}`} checked={ids.every((id) => ticked.has(id))} onClick={(event) => event.stopPropagation()} onChange={(event) => onTick(ids, event.currentTarget.checked)} />
        <SeverityMark severity={worst} />
        {group.key === "" ? <span>In no group: pending or over</span> : <MatcherChips matchers={matchersOf(group.labels)} label="Labels of the group" none="one group of all alerts" />}
        <span className={classes["summary"]}>{plural(group.alerts.length, "alert")}</span>
        {receivers.length === 0 ? null : <span className={classes["summary"]}>to {receivers.join(", ")}</span>}
      </span>
    </div>
  );
}

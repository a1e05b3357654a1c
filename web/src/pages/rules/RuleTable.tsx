// The rules as dense lines: how each stands, what it asks, how its evaluation fares. Only rows in view exist.
import { useState, type ReactElement } from "react";
import type { Rule } from "@/api/schema";
import { QueryLine } from "@/components/alerting/QueryLine";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Since } from "@/components/alerting/Since";
import { useNow } from "@/components/alerting/useNow";
import { Go, useGo } from "@/components/Go";
import { VirtualRows } from "@/components/VirtualRows";
import { writeDuration } from "@/lib/alerting/durations";
import { originWord, queryOf, standingOf } from "@/lib/alerting/rules";
import { hrefs } from "@/lib/href";
import { NO_VALUE } from "@/lib/numbers";
import { formatDuration, formatterOf } from "@/lib/units";
import { StandingMark } from "./StandingMark";
import classes from "./RuleTable.module.css";

const COLUMNS: readonly (readonly [string, string])[] = [
  ["state", "State"], ["name", "Rule"], ["query", "Expression"], ["limit", "Threshold"], ["for", "For"], ["severity", "Severity"], ["alerts", "Alerts"], ["last", "Evaluated"], ["origin", "From"],
];
const ROW_PX = 32;

/** The table. Enter or a click opens a rule. */
export function RuleTable({ rules }: { readonly rules: readonly Rule[] }): ReactElement {
  const [current, setCurrent] = useState(-1);
  const now = useNow();
  const go = useGo();
  return (
    <div role="table" aria-label="Rules" aria-rowcount={rules.length + 1} className={classes["grid"]}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={classes["head"]}>
          {COLUMNS.map(([key, name]) => (
            <span key={key} role="columnheader" data-column={key}>
              {name}
            </span>
          ))}
        </div>
      </div>
      <VirtualRows
        as="rows"
        count={rules.length}
        label="Rules"
        current={current}
        onCurrent={setCurrent}
        onOpen={(index) => {
          const rule = rules[index];
          if (rule !== undefined) go(hrefs.rule(rule.id));
        }}
        keyOf={(index) => rules[index]?.id ?? index}
        rowHeight={ROW_PX}
        measured
        row={(index) => <Row rule={rules[index]} now={now} />}
      />
    </div>
  );
}

function Row({ rule, now }: { readonly rule: Rule | undefined; readonly now: number }): ReactElement | null {
  if (rule === undefined) return null;
  const { definition } = rule;
  const standing = standingOf(rule);
  const recording = definition.kind === "recording";
  return (
    <div className={classes["row"]} role="presentation" data-off={standing === "disabled"}>
      <span role="cell" data-column="state">
        <StandingMark standing={standing} />
      </span>
      <span role="cell" data-column="name" title={`${definition.group ?? ""} / ${definition.name ?? ""}`}>
        <Go href={hrefs.rule(rule.id)} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
          {definition.name}
        </Go>
        <span className={classes["group"]}>{definition.group}</span>
      </span>
      <span role="cell" data-column="query">
        <QueryLine query={queryOf(definition)} />
      </span>
      <span role="cell" data-column="limit">{rule.threshold === undefined ? NO_VALUE : `${rule.operator ?? ""} ${formatterOf(rule.unit)(rule.threshold)}`}</span>
      <span role="cell" data-column="for">{(definition.forMs ?? 0) === 0 ? (definition.onArrival === true ? "at once" : NO_VALUE) : writeDuration(definition.forMs ?? 0)}</span>
      <span role="cell" data-column="severity">{recording ? <span className={classes["quiet"]}>records</span> : <SeverityMark severity={rule.severity} words />}</span>
      <span role="cell" data-column="alerts">
        <Alerts rule={rule} />
      </span>
      <span role="cell" data-column="last" title={rule.evaluationMs === undefined ? undefined : `took ${formatDuration(rule.evaluationMs)}, every ${formatDuration(rule.intervalMs)}`}>
        {rule.lastEvaluationAt === undefined ? NO_VALUE : <Since at={rule.lastEvaluationAt} nowMs={now} />}
        {rule.evaluationMs === undefined ? null : <span className={classes["took"]}>{formatDuration(rule.evaluationMs)}</span>}
      </span>
      <span role="cell" data-column="origin" title={rule.file}>{originWord(rule)}</span>
      <Said rule={rule} />
    </div>
  );
}

/** Alerts that fire and are pending; they lead to the list of alerts. */
function Alerts({ rule }: { readonly rule: Rule }): ReactElement {
  if (rule.firing + rule.pending === 0) return <span className={classes["quiet"]}>{NO_VALUE}</span>;
  const words = [rule.firing > 0 ? `${rule.firing} firing` : "", rule.pending > 0 ? `${rule.pending} pending` : ""].filter((part) => part !== "").join(", ");
  return (
    <Go href={hrefs.alerts({ rule: rule.id })} tabIndex={-1} title={words} onClick={(event) => event.stopPropagation()}>
      {rule.firing > 0 ? rule.firing : ""}
      {rule.pending > 0 ? <span className={classes["pending"]}>{`${rule.firing > 0 ? " + " : ""}${rule.pending} pending`}</span> : null}
    </Go>
  );
}

/** What went wrong, or is odd, on a line of its own. */
function Said({ rule }: { readonly rule: Rule }): ReactElement | null {
  if (rule.error !== undefined && rule.health === "error") return <span role="cell" className={classes["said"]} data-tone="red">{rule.error}</span>;
  const [warning] = rule.warnings;
  return warning === undefined ? null : <span role="cell" className={classes["said"]} data-tone="amber">{warning}</span>;
}

// What the rule in the form would have done: chart with threshold to drag, alerts, cost, warnings, its text.
import { useMemo, type ReactElement } from "react";
import type { BacktestAlert, RuleCost, RulePreview } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Place } from "@/components/alerting/Place";
import { CopyButton } from "@/components/CopyButton";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { Segments } from "@/components/Segments";
import { mergedBands } from "@/lib/alerting/bands";
import type { Draft } from "@/lib/alerting/draft";
import { hrefs } from "@/lib/href";
import { formatCount, formatPercent, NO_VALUE, plural } from "@/lib/numbers";
import type { ChartBand } from "@/lib/scaleChart";
import { formatDuration, formatterOf } from "@/lib/units";
import { Failure, Loading } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { Problems } from "../Problems";
import { RuleChart } from "../RuleChart";
import type { Trial } from "./usePreview";
import classes from "./Editor.module.css";

interface PreviewProps {
  readonly trial: Trial;
  readonly draft: Draft;
  readonly spanMs: number;
  readonly onSpan: (ms: number) => void;
  readonly onThreshold: ((value: number) => void) | undefined;
}

const HOUR_MS = 3_600_000;
const SPANS = [["6", "6 h"], ["24", "1 d"], ["168", "7 d"], ["720", "30 d"]] as const;
const CHART_PX = 240;
const ROOM_MS = 1_800_000;

/** The right side of the editor. */
export function Preview(props: PreviewProps): ReactElement {
  const { trial, spanMs, onSpan } = props;
  return (
    <div className={classes["preview"]}>
      <Panel
        title="What it would have done"
        actions={<Segments label="Tried over" value={SPANS.find(([hours]) => Number(hours) * HOUR_MS === spanMs)?.[0] ?? "168"} options={SPANS.map(([value, label]) => ({ value, label }))} onChange={(hours) => onSpan(Number(hours) * HOUR_MS)} />}
      >
        <div className={`${layout["stack"]} ${trial.stale && trial.preview !== undefined ? classes["busy"] : ""}`} aria-busy={trial.stale && trial.ready}>
          <Content {...props} />
        </div>
      </Panel>
      {trial.preview === undefined || trial.preview.yaml === "" ? null : (
        <Panel title="As YAML" flush actions={<CopyButton text={trial.preview.yaml} what="the rule as YAML" />}>
          <pre className={layout["pre"]} tabIndex={0}>{trial.preview.yaml}</pre>
        </Panel>
      )}
    </div>
  );
}

function Content({ trial, draft, onThreshold }: PreviewProps): ReactElement {
  const { preview, error } = trial;
  const recording = draft.kind === "recording";
  const counts = isCount(draft);
  if (!trial.ready) return <p className={layout["quiet"]}>Write what to watch: it is tried on stored data while you type.</p>;
  if (error !== null) return <Failure error={error} onRetry={trial.retry} />;
  if (preview === undefined) return <Loading rows={10} height={28} />;
  return (
    <>
      <Problems problems={preview.problems} title="It cannot be saved like this" />
      {preview.warnings.map((warning) => (
        <p key={warning} className={layout["notice"]} data-tone="amber">
          {warning}
        </p>
      ))}
      {preview.problems.length > 0 && preview.expr === "" ? null : (
        <>
          {recording ? null : <p className={classes["figure"]} role="status">{summaryOf(preview)}</p>}
          {counts ? null : <Chart preview={preview} onThreshold={onThreshold} />}
          {recording ? null : <Alerts preview={preview} draft={draft} />}
          <Cost cost={preview.cost} counts={counts} />
        </>
      )}
    </>
  );
}

/** Whether it counts spans or records: there is no series to draw. */
function isCount({ mode }: Draft): boolean {
  return mode === "traces" || mode === "logs";
}

/** What a rule saw in a time. */
function hrefOf(draft: Draft, expr: string, from: number, to: number): string | undefined {
  if (draft.mode === "traces") return hrefs.traces({ q: draft.query, from, to });
  if (draft.mode === "logs") return hrefs.logs({ q: draft.query, from, to });
  return expr === "" ? undefined : hrefs.explore({ expr: [expr], from, to });
}

function summaryOf(preview: RulePreview): string {
  const days = (Date.parse(preview.end) - Date.parse(preview.start)) / (24 * HOUR_MS);
  const time = days >= 1 ? plural(Math.round(days), "day") : plural(Math.round(days * 24), "hour");
  if (preview.fired === 0) {
    const began = preview.alerts.length;
    return `Would not have fired in ${time}${began === 0 ? "" : `; ${began} began but did not hold long enough`}`;
  }
  return `Would have fired ${preview.fired === 1 ? "once" : `${formatCount(preview.fired)} times`} in ${time}, ${formatPercent(preview.firingShare)} of the time`;
}

function bandsOf(preview: RulePreview): readonly ChartBand[] {
  const end = Date.parse(preview.end);
  return mergedBands(preview.alerts.flatMap((alert): ChartBand[] => (alert.firedAt === undefined ? [] : [{ fromMs: Date.parse(alert.firedAt), toMs: alert.resolvedAt === undefined ? end : Date.parse(alert.resolvedAt), tone: "red" }])));
}

function Chart({ preview, onThreshold }: { readonly preview: RulePreview; readonly onThreshold: ((value: number) => void) | undefined }): ReactElement | null {
  const bands = useMemo(() => bandsOf(preview), [preview]);
  const expr = preview.chartExpr ?? preview.expr;
  if (expr === "") return null;
  return <RuleChart expr={expr} startMs={Date.parse(preview.start)} endMs={Date.parse(preview.end)} threshold={preview.threshold} operator={preview.operator} unit={preview.unit} bands={bands} height={CHART_PX} onThreshold={onThreshold} />;
}

function Alerts({ preview, draft }: { readonly preview: RulePreview; readonly draft: Draft }): ReactElement | null {
  const fired = preview.alerts.filter((alert) => alert.firedAt !== undefined).toReversed();
  if (fired.length === 0) return null;
  return (
    <section className={classes["list"]} tabIndex={0} aria-label="Alerts there would have been">
      <table className={layout["table"]}>
        <thead>
          <tr>
            <th scope="col">Would have fired</th>
            <th scope="col">Where</th>
            <th scope="col" className={layout["right"]}>For</th>
            <th scope="col" className={layout["right"]}>Farthest</th>
          </tr>
        </thead>
        <tbody>
          {fired.map((alert, place) => (
            <AlertLine key={place} alert={alert} preview={preview} draft={draft} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function AlertLine({ alert, preview, draft }: { readonly alert: BacktestAlert; readonly preview: RulePreview; readonly draft: Draft }): ReactElement {
  const zone = useZone();
  const from = Date.parse(alert.firedAt ?? alert.pendingAt);
  const to = alert.resolvedAt === undefined ? Date.parse(preview.end) : Date.parse(alert.resolvedAt);
  const href = hrefOf(draft, preview.chartExpr ?? preview.expr, from - ROOM_MS, to + ROOM_MS);
  return (
    <tr>
      <th scope="row" className={layout["nowrap"]}>
        {href === undefined ? zone.dateTime(from) : <Go href={href} target="_blank" title="What it saw then, in another tab">{zone.dateTime(from)}</Go>}
      </th>
      <td><Place labels={alert.labels} /></td>
      <td className={`${layout["right"]} ${layout["nowrap"]}`}>{alert.resolvedAt === undefined ? "still" : formatDuration(Math.round((to - from) / 1000) * 1000)}</td>
      <td className={`${layout["right"]} ${layout["nowrap"]}`}>{alert.peak === undefined ? NO_VALUE : formatterOf(preview.unit)(alert.peak)}</td>
    </tr>
  );
}

function Cost({ cost, counts }: { readonly cost: RuleCost; readonly counts: boolean }): ReactElement {
  return (
    <p className={cost.allowed ? classes["cost"] : layout["problem"]}>
      <span>{counts ? "One evaluation" : `One evaluation reads ${plural(cost.series, "series", "series")}, ${formatCount(cost.samples)} samples`}</span>
      <span>{`takes ${formatDuration(cost.durationMs)}`}</span>
      <span>{`gives ${plural(cost.results, "label set")}`}</span>
      {cost.allowed ? null : <strong>{cost.text === "" ? "More than the limits allow" : cost.text}</strong>}
    </p>
  );
}

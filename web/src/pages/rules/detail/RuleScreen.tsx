// All about one rule: how it stands, what it asks, its chart and alerts, why it did or did not fire, its text and versions.
import { useMemo, useState, type ReactElement, type ReactNode } from "react";
import type { Alert, Rule, RuleDetail } from "@/api/schema";
import { AlertingTabs } from "@/components/AlertingTabs";
import layout from "@/components/alerting/layout.module.css";
import { QueryLine } from "@/components/alerting/QueryLine";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Since } from "@/components/alerting/Since";
import { useNow } from "@/components/alerting/useNow";
import { CopyButton } from "@/components/CopyButton";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { mergedBands } from "@/lib/alerting/bands";
import { writeDuration } from "@/lib/alerting/durations";
import { linkOf } from "@/lib/alerting/links";
import { originWord, queryOf, standingOf } from "@/lib/alerting/rules";
import { severityTone } from "@/lib/alerting/severity";
import { hrefs } from "@/lib/href";
import { NO_VALUE } from "@/lib/numbers";
import type { ChartBand } from "@/lib/scaleChart";
import { formatDuration, formatterOf } from "@/lib/units";
import { useSearchState } from "@/lib/urlState";
import { Failure } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { RuleChart } from "../RuleChart";
import { ruleCodec } from "../search";
import { StandingMark } from "../StandingMark";
import { Actions } from "./Actions";
import { ActiveAlerts } from "./ActiveAlerts";
import { Explain } from "./Explain";
import { Versions } from "./Versions";
import classes from "./RuleScreen.module.css";

const CHART_PX = 260;

/** The page. */
export function RuleScreen({ detail, stale }: { readonly detail: RuleDetail; readonly stale: Error | null }): ReactElement {
  const { rule, alerts, versions, yaml } = detail;
  const [{ explain }] = useSearchState(ruleCodec);
  const [asked] = useState(explain !== "");
  return (
    <div className={layout["page"]}>
      <Head rule={rule} />
      <AlertingTabs />
      {stale === null ? null : <Failure error={stale} />}
      <Said rule={rule} />
      <Facts rule={rule} />
      <Chart rule={rule} alerts={alerts} />
      {rule.definition.kind === "recording" ? null : (
        <>
          {/* Who came to ask why wants the answer first. */}
          {asked ? <Explain rule={rule} /> : null}
          <ActiveAlerts rule={rule} alerts={alerts} />
          {asked ? null : <Explain rule={rule} />}
        </>
      )}
      <Panel title="As YAML" flush actions={<CopyButton text={yaml} what="the rule as YAML" />}>
        <pre className={layout["pre"]} tabIndex={0}>{yaml}</pre>
      </Panel>
      {versions.length === 0 ? null : <Versions versions={versions} yaml={yaml} />}
    </div>
  );
}

function Head({ rule }: { readonly rule: Rule }): ReactElement {
  return (
    <header className={layout["head"]}>
      <h1>{rule.definition.name}</h1>
      <StandingMark standing={standingOf(rule)} />
      {rule.definition.kind === "recording" ? <span className={layout["quiet"]}>recording rule</span> : <SeverityMark severity={rule.severity} words />}
      <Actions rule={rule} />
    </header>
  );
}

/** What went wrong, and what is odd. */
function Said({ rule }: { readonly rule: Rule }): ReactElement | null {
  return (
    <>
      {rule.error === undefined || rule.health !== "error" ? null : (
        <div className={layout["notice"]} data-tone="red" role="alert">
          <p>The last evaluation failed: {rule.error}</p>
        </div>
      )}
      {rule.warnings.length === 0 ? null : (
        <div className={layout["notice"]} data-tone="amber">
          {rule.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </div>
      )}
    </>
  );
}

const NO_DATA = { ok: "all is well", alert: "an alert of its own", keep: "what fires goes on" } as const;

function Facts({ rule }: { readonly rule: Rule }): ReactElement {
  const now = useNow();
  const { definition } = rule;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Group", definition.group],
    ["From", <span key="from" title={rule.file}>{rule.file ?? originWord(rule)}</span>],
    ["Threshold", rule.threshold === undefined ? NO_VALUE : `${rule.operator ?? ""} ${formatterOf(rule.unit)(rule.threshold)}`],
    ["Holds for", (definition.forMs ?? 0) === 0 ? "fires at once" : writeDuration(definition.forMs ?? 0)],
    ...((definition.keepFiringForMs ?? 0) === 0 ? [] : [["Keeps firing for", writeDuration(definition.keepFiringForMs ?? 0)] as const]),
    ...((definition.cooldownMs ?? 0) === 0 ? [] : [["Rests after it", writeDuration(definition.cooldownMs ?? 0)] as const]),
    ["Evaluated", definition.onArrival === true ? `on arrival, and every ${writeDuration(rule.intervalMs)}` : `every ${writeDuration(rule.intervalMs)}`],
    ["Last evaluation", rule.lastEvaluationAt === undefined ? "not yet" : <span key="last"><Since at={rule.lastEvaluationAt} nowMs={now} />{rule.evaluationMs === undefined ? "" : `, took ${formatDuration(rule.evaluationMs)}`}</span>],
    ["No data means", NO_DATA[definition.noData ?? "ok"]],
    ["Last fired", rule.lastFiredAt === undefined ? "not known to have" : <Since key="fired" at={rule.lastFiredAt} nowMs={now} />],
    ...((definition.receivers ?? []).length === 0 ? [] : [["Also tells", (definition.receivers ?? []).join(", ")] as const]),
    ...((definition.tags ?? []).length === 0 ? [] : [["Tags", (definition.tags ?? []).join(", ")] as const]),
    ...(rule.runbookUrl === undefined ? [] : [["Runbook", <Runbook key="runbook" url={rule.runbookUrl} />] as const]),
  ];
  return (
    <Panel title="Definition" subtitle={definition.annotations?.["summary"] ?? ""}>
      <div className={classes["query"]}>
        <QueryLine query={queryOf(definition)} whole />
        <CopyButton text={queryOf(definition)} what="the expression" />
      </div>
      <dl className={layout["facts2"]}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Runbook({ url }: { readonly url: string }): ReactElement {
  const link = linkOf(url);
  const name = url.split("/").at(-1) ?? "";
  if (link === undefined) return <span>{url}</span>;
  return <a href={link.href}>{name === "" ? url : name}</a>;
}

function bandsOf(alerts: readonly Alert[], nowMs: number): readonly ChartBand[] {
  return mergedBands(alerts.filter((alert) => alert.state === "firing").map((alert) => ({ fromMs: Date.parse(alert.startsAt), toMs: nowMs, tone: severityTone(alert.severity) })));
}

function Chart({ rule, alerts }: { readonly rule: Rule; readonly alerts: readonly Alert[] }): ReactElement | null {
  const range = useTimeRange();
  const expr = rule.chartExpr ?? rule.definition.expr ?? "";
  const bands = useMemo(() => bandsOf(alerts, range.endMs), [alerts, range.endMs]);
  // A count of spans or records has no series to draw.
  if (expr === "" || ["traces", "logs"].includes(rule.definition.signal ?? "")) return null;
  return (
    <Panel title={rule.definition.kind === "recording" ? "What it records" : "What it watches"} subtitle={range.label} actions={<Go href={hrefs.explore({ expr: [expr] })}>Open in Explore</Go>}>
      <RuleChart expr={expr} startMs={range.startMs} endMs={range.endMs} threshold={rule.threshold} operator={rule.operator} unit={rule.unit} bands={bands} height={CHART_PX} onZoom={(from, to) => range.set(String(Math.round(from)), String(Math.round(to)))} />
    </Panel>
  );
}

// The answer: a sentence, its reasons, the label sets with their states, what was read, and who was to be told.
import type { ReactElement } from "react";
import type { ExplainAlert, ExplainSeries, RuleExplanation } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { QueryLine } from "@/components/alerting/QueryLine";
import { Go } from "@/components/Go";
import { formatMatchers, matchersOfLabels } from "@/lib/alerting/matchers";
import { saidWith } from "@/lib/alerting/saidTimes";
import { hrefs } from "@/lib/href";
import { NO_VALUE, plural } from "@/lib/numbers";
import { writeLabels } from "@/lib/promql/data";
import { formatterOf } from "@/lib/units";
import { useZone } from "@/shell/timeRange";
import classes from "./RuleScreen.module.css";

interface ExplanationProps {
  readonly explanation: RuleExplanation;
  readonly unit: string | undefined;
  readonly operator: string | undefined;
}

/** All that is known of that moment. */
export function Explanation({ explanation, unit, operator }: ExplanationProps): ReactElement {
  const zone = useZone();
  const { verdict, steps, alerts, series, evaluatedAt, threshold } = explanation;
  return (
    <div className={`${layout["stack"]} ${classes["answer"]}`} aria-live="polite">
      <div>
        <p className={classes["verdict"]}>{saidWith(verdict, zone.dateTime)}</p>
        <p className={layout["quiet"]}>
          Evaluation of {zone.dateTime(Date.parse(evaluatedAt))}
          {threshold === undefined ? "" : `, it asks for ${operator ?? ""} ${formatterOf(unit)(threshold)}`}
        </p>
      </div>
      {steps.length === 0 ? null : (
        <ol className={classes["steps"]}>
          {steps.map((step, place) => (
            <li key={place} className={classes["step"]}>
              {saidWith(step, zone.dateTime)}
            </li>
          ))}
        </ol>
      )}
      {alerts.length === 0 ? null : <Alerts alerts={alerts} unit={unit} />}
      {series.map((one) => (
        <Series key={one.selector} series={one} at={evaluatedAt} />
      ))}
    </div>
  );
}

function Alerts({ alerts, unit }: { readonly alerts: readonly ExplainAlert[]; readonly unit: string | undefined }): ReactElement {
  return (
    <div className={layout["scroll"]} tabIndex={0} role="region" aria-label="Label sets at that time">
      <table className={layout["table"]}>
        <thead>
          <tr>
            <th scope="col">Labels</th>
            <th scope="col" className={layout["right"]}>Value</th>
            <th scope="col">Condition</th>
            <th scope="col">State</th>
            <th scope="col">Who was told</th>
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert, place) => (
            <AlertLine key={place} alert={alert} unit={unit} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AlertLine({ alert, unit }: { readonly alert: ExplainAlert; readonly unit: string | undefined }): ReactElement {
  const zone = useZone();
  const when = (time: string | undefined, words: string): string => (time === undefined ? "" : `${words} ${zone.dateTime(Date.parse(time))}`);
  const since = [when(alert.activeSince, "since"), alert.state === "pending" ? when(alert.firesAt, "fires at") : ""].filter((part) => part !== "").join(", ");
  const route = alert.way.filter((step) => step.finalRoute).map((step) => step.id).join(", ");
  return (
    <tr>
      <th scope="row" className={`${layout["code"]} ${classes["labels"]}`}>{writeLabels(alert.labels)}</th>
      <td className={`${layout["right"]} ${layout["nowrap"]}`}>{alert.value === undefined ? NO_VALUE : formatterOf(unit)(alert.value)}</td>
      <td>{alert.holds ? "holds" : "does not hold"}</td>
      <td className={layout["tone"]} data-tone={alert.state === "firing" ? "red" : alert.state === "pending" ? "amber" : "steady"}>
        {alert.state}
        {since === "" ? "" : ` ${since}`}
      </td>
      <td>
        {alert.hidden.map((one) => (
          <div key={`${one.by} ${one.id}`} className={layout["tone"]} data-tone="amber">
            {one.text}
          </div>
        ))}
        {alert.told.map((text) => (
          <div key={text}>{saidWith(text, zone.dateTime)}</div>
        ))}
        {alert.told.length > 0 || alert.receivers.length === 0 ? null : <div className={layout["quiet"]}>{`to be told: ${alert.receivers.join(", ")}`}</div>}
        {route === "" ? null : <div className={layout["quiet"]}><Go href={hrefs.routes({ labels: formatMatchers(matchersOfLabels(alert.labels)) })} title={route}>its way through the routes</Go></div>}
      </td>
    </tr>
  );
}

function Series({ series, at }: { readonly series: ExplainSeries; readonly at: string }): ReactElement {
  const zone = useZone();
  const ms = Date.parse(at);
  return (
    <section aria-label={`What ${series.selector} found`}>
      <div className={classes["selector"]}>
        <QueryLine query={series.selector} whole />
        <span className={`${layout["quiet"]} ${layout["inline"]}`}>
          {series.series === 0 ? "found no series" : `found ${plural(series.series, "series", "series")}${series.samples.length < series.series ? `; the first ${series.samples.length}` : ""}`}
          {", "}
          <Go href={hrefs.explore({ expr: [series.selector], from: ms - 1_800_000, to: ms + 300_000 })}>around that time in Explore</Go>
        </span>
      </div>
      <ul className={classes["samples"]}>
        {series.samples.map((sample, place) => (
          <li key={place}>
            <code>{writeLabels(sample.labels)}</code>
            <span>{String(sample.value)}</span>
            <span className={layout["quiet"]}>{zone.dateTime(Date.parse(sample.at))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

// The worst alerts that nobody has taken on, at the top of what needs a look. They come with the bell's call: no more asked.
import type { ReactElement } from "react";
import { Sparkline } from "@/charts/Sparkline";
import { Place } from "@/components/alerting/Place";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Since } from "@/components/alerting/Since";
import { useNow } from "@/components/alerting/useNow";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { severityTone } from "@/lib/alerting/severity";
import { hrefs } from "@/lib/href";
import { useFiring } from "@/shell/alerts/useFiring";
import classes from "./FiringAlerts.module.css";

/** Lines that are shown; the page of alerts has all. */
const SHOWN = 5;

/** The panel; nothing at all while nothing fires. */
export function FiringAlerts(): ReactElement | null {
  const { data } = useFiring();
  const nowMs = useNow();
  if (data === undefined || data.alerts.length === 0) return null;
  const more = data.total - Math.min(SHOWN, data.alerts.length);
  return (
    <Panel title="Firing" subtitle={data.total === 1 ? "1 alert that nobody has taken on" : `${data.total} alerts that nobody has taken on`} actions={<Go href={hrefs.alerts()}>{more > 0 ? `${more} more` : "Alerts"}</Go>} flush>
      <ul className={classes["list"]}>
        {data.alerts.slice(0, SHOWN).map((alert) => (
          <li key={alert.id} className={classes["line"]}>
            <SeverityMark severity={alert.severity} />
            <Go href={hrefs.alert(alert.id)} className={classes["name"]}>
              {alert.name}
            </Go>
            <span className={classes["summary"]} title={alert.summary}>
              {alert.summary === alert.name ? "" : alert.summary}
            </span>
            <span className={classes["where"]}>
              <Place labels={alert.labels} most={2} />
            </span>
            <span className={classes["trend"]}>{alert.recent.length > 1 ? <Sparkline values={alert.recent} height={18} tone={severityTone(alert.severity)} /> : null}</span>
            <span className={classes["since"]}>
              <Since at={alert.startsAt} nowMs={nowMs} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

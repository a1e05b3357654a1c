// Earlier times the same label set fired.
import type { ReactElement } from "react";
import type { AlertSpan } from "@/api/schema";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import type { Labels } from "@/lib/alerting/matchers";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import { useZone } from "@/shell/timeRange";
import classes from "./Page.module.css";

interface EarlierProps {
  readonly earlier: readonly AlertSpan[];
  readonly ruleId: string | undefined;
  readonly labels: Labels;
}

const SHOWN = 8;

/** The panel: the newest of them. */
export function Earlier({ earlier, ruleId, labels }: EarlierProps): ReactElement {
  const zone = useZone();
  const history = hrefs.alerts({ state: "history", rule: ruleId, text: ruleId === undefined ? labels["alertname"] : undefined, from: "now-7d", to: "now" });
  return (
    <Panel title="Before" subtitle={earlier.length === 0 ? undefined : plural(earlier.length, "time")} actions={<Go href={history}>History</Go>}>
      {earlier.length === 0 ? <p className={classes["none"]}>These labels have not fired before.</p> : null}
      <ol className={classes["earlier"]}>
        {earlier.slice(0, SHOWN).map((span) => (
          <li key={`${span.id} ${span.firedAt}`}>
            <Go href={hrefs.alert(span.id)}>{zone.dateTime(Date.parse(span.firedAt))}</Go>
            <span className={classes["quiet"]}>{span.resolvedAt === undefined ? "still firing" : `for ${formatDuration(Date.parse(span.resolvedAt) - Date.parse(span.firedAt))}`}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

// All about an alert, once it is there: head and standing, chart, what happened, labels, way, and what stands behind it.
import { useMemo, useState, type ReactElement } from "react";
import type { AlertDetail } from "@/api/schema";
import { AcknowledgeDialog } from "@/components/alerting/AcknowledgeDialog";
import { useAcknowledge } from "@/components/alerting/useAcknowledge";
import { useNow } from "@/components/alerting/useNow";
import { AlertingTabs } from "@/components/AlertingTabs";
import { useGo } from "@/components/Go";
import { windowOf } from "@/lib/alerting/links";
import { formatMatchers, matchersOfLabels } from "@/lib/alerting/matchers";
import { hrefs } from "@/lib/href";
import { useSearchState } from "@/lib/urlState";
import { Failure } from "@/shell/help";
import { useShortcuts } from "@/shell/shortcuts";
import { AlertChart } from "./AlertChart";
import { Annotations } from "./Annotations";
import { Earlier } from "./Earlier";
import { Head } from "./Head";
import { LabelList } from "./LabelList";
import { Messages } from "./Messages";
import { Related } from "./Related";
import { alertCodec } from "./search";
import { Standing } from "./Standing";
import { Timeline } from "./Timeline";
import { Way } from "./Way";
import classes from "./Page.module.css";

interface AlertScreenProps {
  readonly detail: AlertDetail;
  /** The last try to bring it up to date failed. */
  readonly error: Error | null;
}

/** The time to look at moves on in steps, so that not every second asks anew. */
const STEP_MS = 15_000;

/** The page. */
export function AlertScreen({ detail, error }: AlertScreenProps): ReactElement {
  const { alert, forMs = 0 } = detail;
  const go = useGo();
  const [search, set] = useSearchState(alertCodec);
  const [asked, setAsked] = useState(false);
  const { busy, unacknowledge } = useAcknowledge();
  const nowMs = useNow(1_000);
  const steppedMs = Math.ceil(nowMs / STEP_MS) * STEP_MS;
  const window = useMemo(() => windowOf(alert, forMs, steppedMs), [alert, forMs, steppedMs]);
  const takeable = alert.state === "firing" && alert.acknowledged === undefined;
  const silence = hrefs.silences({ new: formatMatchers(matchersOfLabels(alert.labels)) });
  const close = (): void => {
    setAsked(false);
    if (search.acknowledge) set({ acknowledge: false }, "replace");
  };
  useShortcuts([
    { keys: "a", what: "acknowledge", run: () => (takeable ? setAsked(true) : undefined) },
    { keys: "s", what: "silence it", run: () => go(silence) },
  ]);
  return (
    <div className={classes["page"]}>
      <Head detail={detail} nowMs={nowMs} window={window} silence={silence} busy={busy} onAcknowledge={takeable ? () => setAsked(true) : undefined} onUnacknowledge={alert.acknowledged === undefined ? undefined : () => void unacknowledge(alert)} />
      <AlertingTabs />
      {error === null ? null : <Failure error={error} />}
      <Standing detail={detail} nowMs={nowMs} />
      <div className={classes["columns"]}>
        <div className={classes["column"]}>
          <AlertChart detail={detail} window={window} />
          <Timeline events={detail.events} nowMs={nowMs} />
          <Messages notifications={detail.notifications} alertId={alert.id} nowMs={nowMs} />
        </div>
        <div className={classes["column"]}>
          <Annotations alert={alert} />
          <LabelList labels={alert.labels} />
          <Way way={detail.way} labels={alert.labels} />
          <Earlier earlier={detail.earlier} ruleId={alert.ruleId} labels={alert.labels} />
        </div>
      </div>
      <Related alert={alert} window={window} />
      <AcknowledgeDialog alerts={takeable && (asked || search.acknowledge) ? [alert] : []} groupAlerts={detail.groupAlerts} onClose={close} />
    </div>
  );
}

// The bell in the header: how many alerts somebody should look at, how bad the worst is, and the first of them.
import { IconBell } from "@tabler/icons-react";
import { Suspense, type ReactElement } from "react";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { bellName } from "@/lib/alerting/words";
import { worstSeverity } from "@/lib/alerting/severity";
import { formatCount } from "@/lib/numbers";
import { useAlertsLive } from "@/live/useAlertsLive";
import { useFiring } from "@/shell/alerts/useFiring";
import { Flyout } from "@/shell/Flyout";
import { late } from "@/shell/late";
import { showOverlay, useOverlay } from "@/shell/overlays";
import { useShortcuts } from "@/shell/shortcuts";
import controls from "../controls.module.css";
import classes from "./Bell.module.css";

const AlertsPanel = late(() => import("@/shell/alerts/AlertsPanel").then((module) => module.AlertsPanel));

/** The bell. Healthy has no colour: without alerts there is only the bell. */
export function Bell(): ReactElement {
  useAlertsLive();
  const { data } = useFiring();
  const opened = useOverlay("alerts");
  useShortcuts([{ keys: "g n", what: "what fires now (the bell)", group: "Everywhere", run: () => showOverlay("alerts") }]);
  const firing = data?.total;
  const worst = worstSeverity((data?.alerts ?? []).map((alert) => alert.severity));
  const name = bellName(firing, data?.counts.critical ?? 0);
  return (
    <Flyout
      opened={opened}
      onOpened={(open) => showOverlay("alerts", open)}
      title="Firing alerts"
      buttonLabel={name}
      buttonTitle={name}
      buttonClass={`${controls["button"]} ${classes["button"]}`}
      button={
        <>
          <IconBell size={16} stroke={1.6} aria-hidden />
          {firing === undefined || firing === 0 || worst === undefined ? null : (
            <span className={classes["count"]} data-critical={worst === "critical" || undefined} aria-hidden>
              <SeverityMark severity={worst} size={12} />
              {formatCount(firing)}
            </span>
          )}
        </>
      }
    >
      <Suspense fallback={<div className={classes["waiting"]} />}>
        <AlertsPanel onDone={() => showOverlay("alerts", false)} />
      </Suspense>
    </Flyout>
  );
}

// The time range in the header: its name, and a panel to change it. The panel loads when it is first opened.
import { IconChevronDown, IconClock } from "@tabler/icons-react";
import { Suspense, type ReactElement } from "react";
import { zoneName } from "@/lib/zone";
import { Flyout } from "@/shell/Flyout";
import { late } from "@/shell/late";
import { showOverlay, useOverlay } from "@/shell/overlays";
import { useTimeRange, useZone } from "@/shell/timeRange";
import controls from "../controls.module.css";
import classes from "./TimeRangeButton.module.css";

const TimePanel = late(() => import("@/shell/time/TimePanel").then((module) => module.TimePanel));

/** The button with the range that is open. */
export function TimeRangeButton(): ReactElement {
  const opened = useOverlay("time");
  const range = useTimeRange();
  const { zone, dateTime } = useZone();
  return (
    <Flyout
      opened={opened}
      onOpened={(open) => showOverlay("time", open)}
      title="Time range"
      buttonTitle={`${dateTime(range.startMs)} to ${dateTime(range.endMs)} (${zoneName(range.endMs, zone)})`}
      buttonClass={`${controls["button"]} ${classes["button"]}`}
      button={
        <>
          <IconClock size={16} stroke={1.6} aria-hidden />
          <span className={classes["label"]}>{range.label}</span>
          {zone === "utc" ? <span className={classes["zone"]}>UTC</span> : null}
          <IconChevronDown size={14} stroke={1.6} aria-hidden />
        </>
      }
    >
      <Suspense fallback={<div className={classes["waiting"]} />}>
        <TimePanel onDone={() => showOverlay("time", false)} />
      </Suspense>
    </Flyout>
  );
}

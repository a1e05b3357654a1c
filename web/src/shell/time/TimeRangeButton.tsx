// The time range in the header: its name, and a panel to change it. The panel loads when it is first opened.
import { Popover } from "@mantine/core";
import { IconChevronDown, IconClock } from "@tabler/icons-react";
import { lazy, Suspense, type ReactElement } from "react";
import { zoneName } from "@/lib/zone";
import { showOverlay, useOverlay } from "@/shell/overlays";
import { useTimeRange, useZone } from "@/shell/timeRange";
import controls from "../controls.module.css";
import classes from "./TimeRangeButton.module.css";

const TimePanel = lazy(() => import("@/shell/time/TimePanel").then((module) => ({ default: module.TimePanel })));

/** The button with the range that is open. */
export function TimeRangeButton(): ReactElement {
  const opened = useOverlay("time");
  const range = useTimeRange();
  const { zone, dateTime } = useZone();
  const close = (): void => showOverlay(undefined);
  return (
    <Popover opened={opened} onChange={(next) => showOverlay(next ? "time" : undefined)} position="bottom-end" returnFocus trapFocus withRoles={false} closeOnEscape>
      <Popover.Target>
        <button
          type="button"
          className={`${controls["button"]} ${classes["button"]}`}
          aria-haspopup="dialog"
          aria-expanded={opened}
          title={`${dateTime(range.startMs)} to ${dateTime(range.endMs)} (${zoneName(range.endMs, zone)})`}
          onClick={() => showOverlay(opened ? undefined : "time")}
        >
          <IconClock size={16} stroke={1.6} aria-hidden />
          <span className={classes["label"]}>{range.label}</span>
          {zone === "utc" ? <span className={classes["zone"]}>UTC</span> : null}
          <IconChevronDown size={14} stroke={1.6} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes["panel"] ?? ""} role="dialog" aria-label="Time range">
        <Suspense fallback={<div className={classes["waiting"]} tabIndex={-1} data-autofocus />}>
          <TimePanel onDone={close} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}

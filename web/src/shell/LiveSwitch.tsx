// Refresh once, or stay live: the accent dot says that the page moves with the data.
import { IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { queryClient } from "@/api/queries";
import { formatDuration } from "@/lib/rangeSteps";
import { useTimeRange } from "@/shell/timeRange";
import controls from "./controls.module.css";
import classes from "./LiveSwitch.module.css";

/** Asks for everything on the page again; a relative range moves to now. */
function useRefresh(): () => void {
  const { refresh } = useTimeRange();
  return () => {
    refresh();
    void queryClient.invalidateQueries({ refetchType: "active" });
  };
}

/** The refresh button and the live switch. */
export function LiveSwitch(): ReactElement {
  const range = useTimeRange();
  const refresh = useRefresh();
  const width = formatDuration(range.endMs - range.startMs);
  const why = range.live
    ? "The page follows new data. Press to hold it still"
    : range.relative
      ? "The page holds still. Press to follow new data"
      : `The range lies in the past. Press for the last ${width}, live`;
  const toggle = (): void => {
    if (range.relative) range.setLive(!range.live);
    else range.set(`now-${width}`, "now");
  };
  return (
    <>
      <button type="button" className={`${controls["button"]} ${controls["icon"]} ${classes["refresh"]}`} aria-label="Refresh now" title="Refresh now" onClick={refresh}>
        <IconRefresh size={16} stroke={1.6} aria-hidden />
      </button>
      <button type="button" className={`${controls["button"]} ${classes["live"]}`} aria-pressed={range.live} aria-label="Live" title={why} onClick={toggle}>
        <span className={classes["dot"]} data-on={range.live || undefined} aria-hidden />
        <span className={classes["word"]}>Live</span>
      </button>
    </>
  );
}

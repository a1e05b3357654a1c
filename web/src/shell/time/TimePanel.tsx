// The panel of the time range: typed ranges, quick ranges, recent ones, a calendar, the zone, and steps.
import { IconArrowLeft, IconArrowRight, IconCalendar, IconZoomOut } from "@tabler/icons-react";
import { Suspense, useState, type ReactElement } from "react";
import { QUICK_RANGES } from "@/lib/quickRanges";
import { shiftRange, zoomOut } from "@/lib/rangeSteps";
import { rememberedList, rememberInList } from "@/lib/storage";
import { labelOf, resolveRange, type WrittenRange } from "@/lib/timeRange";
import { zoneName } from "@/lib/zone";
import { Choice } from "@/shell/Choice";
import { Loading } from "@/shell/help";
import { late } from "@/shell/late";
import { RangeList } from "@/shell/time/RangeList";
import { TypedField } from "@/shell/time/TypedField";
import { useTimeRange, useZone } from "@/shell/timeRange";
import controls from "../controls.module.css";
import classes from "./TimePanel.module.css";

const Calendar = late(() => import("@/shell/time/Calendar").then((module) => module.Calendar));

const RECENT = "ranges";
const RECENT_MAX = 6;

function recentRanges(): readonly WrittenRange[] {
  return rememberedList(RECENT).flatMap((text) => {
    const [from, to] = text.split(" ");
    return from !== undefined && to !== undefined ? [{ from, to }] : [];
  });
}

/** What the popover of the time range holds; `onDone` closes it. */
export function TimePanel({ onDone }: { readonly onDone: () => void }): ReactElement {
  const range = useTimeRange();
  const { zone } = useZone();
  const [calendar, setCalendar] = useState(() => matchMedia("(min-width: 641px)").matches);
  const quick = new Set(QUICK_RANGES.map((one) => `${one.from} ${one.to}`));
  const recent = recentRanges().filter((one) => resolveRange(one, range.refreshedAt, zone).ok);
  const choose = (next: WrittenRange): void => {
    const text = `${next.from} ${next.to}`;
    if (!quick.has(text)) rememberInList(RECENT, text, RECENT_MAX);
    range.set(next.from, next.to);
    onDone();
  };
  const step = (next: WrittenRange): void => range.set(next.from, next.to);
  return (
    <div className={classes["panel"]}>
      <div className={classes["main"]}>
        <TypedField onChoose={choose} />
        <div className={classes["steps"]}>
          <button type="button" className={controls["button"]} onClick={() => step(shiftRange(range, -1, Date.now()))}>
            <IconArrowLeft size={16} stroke={1.6} aria-hidden /> Back <kbd className={controls["kbd"]}>[</kbd>
          </button>
          <button type="button" className={controls["button"]} onClick={() => step(shiftRange(range, 1, Date.now()))}>
            <IconArrowRight size={16} stroke={1.6} aria-hidden /> Forward <kbd className={controls["kbd"]}>]</kbd>
          </button>
          <button type="button" className={controls["button"]} onClick={() => step(zoomOut(range, Date.now()))}>
            <IconZoomOut size={16} stroke={1.6} aria-hidden /> Zoom out <kbd className={controls["kbd"]}>-</kbd>
          </button>
          <button type="button" className={controls["button"]} aria-label="Calendar" title="Calendar" aria-expanded={calendar} onClick={() => setCalendar(!calendar)}>
            <IconCalendar size={16} stroke={1.6} aria-hidden />
          </button>
        </div>
        {calendar ? (
          <Suspense fallback={<Loading rows={9} height={28} />}>
            <Calendar onChoose={choose} />
          </Suspense>
        ) : null}
        <ZoneChoice />
      </div>
      <div className={classes["quick"]}>
        <RangeList title="Quick ranges" ranges={QUICK_RANGES} current={range} label={(one) => labelOf(one, range.refreshedAt, zone)} onChoose={choose} />
        {recent.length === 0 ? null : (
          <RangeList title="Recent" ranges={recent} current={range} label={(one) => labelOf(one, range.refreshedAt, zone)} onChoose={choose} />
        )}
      </div>
    </div>
  );
}

function ZoneChoice(): ReactElement {
  const { zone, setZone } = useZone();
  const { endMs } = useTimeRange();
  const options = [
    { value: "local", label: `Local, ${zoneName(endMs, "local")}` },
    { value: "utc", label: "UTC" },
  ] as const;
  return (
    <div className={classes["zones"]}>
      <Choice title="Times in" value={zone} options={options} onChange={setZone} inline />
    </div>
  );
}

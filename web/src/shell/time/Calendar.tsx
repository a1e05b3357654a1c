// A calendar to pick whole days from, in the zone that times are shown in.
import "@mantine/dates/styles.layer.css";
import { DatePicker } from "@mantine/dates";
import { useState, type ReactElement } from "react";
import type { WrittenRange } from "@/lib/timeRange";
import { readTyped } from "@/lib/typedRange";
import { formatDate } from "@/lib/zone";
import { useTimeRange, useZone } from "@/shell/timeRange";
import classes from "./Calendar.module.css";

/** Picks a range of whole days; the second day chosen ends it. */
export function Calendar({ onChoose }: { readonly onChoose: (range: WrittenRange) => void }): ReactElement {
  const range = useTimeRange();
  const { zone } = useZone();
  const [days, setDays] = useState<[string | null, string | null]>([formatDate(range.startMs, zone), formatDate(range.endMs, zone)]);
  const pick = (next: [string | null, string | null]): void => {
    setDays(next);
    const [first, last] = next;
    if (first === null || last === null) return;
    const read = readTyped(`${first} to ${last}`, Date.now(), zone);
    if (read.ok) onChoose({ from: read.value.from, to: read.value.to });
  };
  return (
    <DatePicker
      type="range"
      size="sm"
      hideOutsideDates
      classNames={{ day: classes["day"] ?? "" }}
      firstDayOfWeek={1}
      allowSingleDateInRange
      value={days}
      onChange={pick}
      defaultDate={formatDate(range.endMs, zone)}
      maxDate={formatDate(range.refreshedAt, zone)}
      ariaLabels={{ previousMonth: "Month before", nextMonth: "Next month", monthLevelControl: "Choose a month" }}
    />
  );
}

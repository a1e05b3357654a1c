// A link to a record may name no range that it lies in: the range then moves to the record, once.
import { useEffect, useRef } from "react";
import type { Line } from "@/lib/logs/line";
import { useSearchChange } from "@/lib/urlState";
import { useTimeRange } from "@/shell/timeRange";
import { within } from "./fetchLines";
import { rangeAround } from "./lineAddress";

/** Moves the range so that it holds the record, the first time that it is seen. */
export function useRecordRange(line: Line | undefined): void {
  const change = useSearchChange();
  const range = useTimeRange();
  const seen = useRef("");
  useEffect(() => {
    if (line === undefined || seen.current === line.id) return;
    seen.current = line.id;
    // What has just arrived may be newer than the last refresh of a range that moves.
    const ahead = range.relative && Date.parse(line.timestamp) >= range.endMs;
    if (ahead || within(line.timestamp, range.start, range.end)) return;
    const { from, to } = rangeAround(line.timestamp);
    change((raw) => ({ ...raw, from: [from], to: [to] }), "replace");
  }, [line, range, change]);
}

// The time range as costly questions take it: a range that moves by itself moves for them only now and then.
import { useState } from "react";
import { useTimeRange } from "@/shell/timeRange";

/** The ends of a range, RFC 3339. */
export interface SettledRange {
  readonly start: string;
  readonly end: string;
}

/** The range of the page, at most `pauseMs` old; another range is taken at once. */
export function useSettledRange(pauseMs: number): SettledRange {
  const { from, to, start, end, refreshedAt } = useTimeRange();
  const [taken, take] = useState({ from, to, start, end, refreshedAt });
  if (taken.end !== end && (taken.from !== from || taken.to !== to || refreshedAt - taken.refreshedAt >= pauseMs)) take({ from, to, start, end, refreshedAt });
  return taken;
}

// Holds the time range of the URL: resolves it once a refresh, and by itself while it is live.
import { useCallback, useEffect, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { DEFAULT_RANGE, isRelative, labelOf, resolveRange, type ResolvedRange, type WrittenRange } from "@/lib/timeRange";
import { textParam, useRawSearch, useSearchChange, type RawSearch } from "@/lib/urlState";
import { TimeRangeContext, useZone, type TimeRange } from "@/shell/timeRange";
import { toast } from "@/shell/toast";
import { useLiveTick } from "@/shell/useLiveTick";

/** Relative ranges up to this long are live unless somebody says otherwise. */
const LIVE_DEFAULT_MS = 86_400_000;

function rangeOf(raw: RawSearch): WrittenRange {
  return { from: textParam(raw, "from", DEFAULT_RANGE.from), to: textParam(raw, "to", DEFAULT_RANGE.to) };
}

function writeRange(raw: RawSearch, { from, to }: WrittenRange): RawSearch {
  const { from: _from, to: _to, live: _live, ...rest } = raw;
  return {
    ...rest,
    ...(from === DEFAULT_RANGE.from && to === DEFAULT_RANGE.to ? {} : { from: [from] }),
    ...(to === DEFAULT_RANGE.to ? {} : { to: [to] }),
  };
}

function writeLive(raw: RawSearch, on: boolean, byDefault: boolean): RawSearch {
  const { live: _, ...rest } = raw;
  return on === byDefault ? rest : { ...rest, live: [on ? "1" : "0"] };
}

const clock = (): number => Date.now();

/** Gives `useTimeRange` to everything inside. A range in the URL that makes no sense counts as the default. */
export function TimeRangeProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const raw = useRawSearch();
  const change = useSearchChange();
  const { zone } = useZone();
  const asked = rangeOf(raw);
  const written = `${asked.from} ${asked.to}`;
  const [refreshed, setRefreshed] = useState(() => ({ written, at: Date.now() }));
  const refresh = useCallback(() => setRefreshed((before) => ({ ...before, at: Date.now() })), []);
  // Another range is resolved at its own time, at once: nothing asks for it at the time of the range before.
  if (refreshed.written !== written) setRefreshed({ written, at: clock() });
  const refreshedAt = refreshed.at;
  const checked = resolveRange(asked, refreshedAt, zone);
  const complaint = checked.ok ? undefined : checked.message;
  const { from, to } = checked.ok ? asked : DEFAULT_RANGE;
  useEffect(() => {
    if (complaint !== undefined) toast(`The time range of the address is not understood, the last hour is shown: ${complaint}`, "failed");
  }, [complaint]);

  const resolved = useMemo<ResolvedRange>(() => {
    const read = resolveRange({ from, to }, refreshedAt, zone);
    return read.ok ? read.value : { startMs: refreshedAt - 3_600_000, endMs: refreshedAt };
  }, [from, to, refreshedAt, zone]);
  const relative = isRelative(to);
  const liveByDefault = relative && resolved.endMs - resolved.startMs <= LIVE_DEFAULT_MS;
  const liveText = textParam(raw, "live");
  const live = relative && (liveText === "" ? liveByDefault : liveText === "1");
  useLiveTick(live, refresh);

  const value = useMemo<TimeRange>(
    () => ({
      from,
      to,
      ...resolved,
      start: new Date(resolved.startMs).toISOString(),
      end: new Date(resolved.endMs).toISOString(),
      label: labelOf({ from, to }, refreshedAt, zone),
      relative,
      live,
      refreshedAt,
      refresh,
      set: (nextFrom, nextTo) => {
        // Choosing what is open already means: now.
        if (nextFrom === from && nextTo === to) refresh();
        else change((now) => writeRange(now, { from: nextFrom, to: nextTo }));
      },
      setLive: (on) => change((now) => writeLive(now, on, liveByDefault), "replace"),
    }),
    [from, to, resolved, refreshedAt, zone, relative, live, liveByDefault, refresh, change],
  );
  return <TimeRangeContext value={value}>{children}</TimeRangeContext>;
}

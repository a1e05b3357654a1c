// Holds the zone that times are shown in; remembered by the browser.
import { useCallback, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { remember, remembered } from "@/lib/storage";
import { formatDateTime, formatDateTimeNs, formatTime, formatTimeMs, type Zone } from "@/lib/zone";
import { ZoneContext, type ZoneTimes } from "@/shell/timeRange";

/** Gives `useZone` to everything inside. */
export function ZoneProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [zone, setState] = useState<Zone>(() => (remembered("zone") === "utc" ? "utc" : "local"));
  const setZone = useCallback((next: Zone) => {
    remember("zone", next === "utc" ? next : undefined);
    setState(next);
  }, []);
  const value = useMemo<ZoneTimes>(
    () => ({
      zone,
      setZone,
      time: (ms) => formatTime(ms, zone),
      timeMs: (ms) => formatTimeMs(ms, zone),
      dateTime: (ms) => formatDateTime(ms, zone),
      dateTimeNs: (rfc3339) => formatDateTimeNs(rfc3339, zone),
    }),
    [zone, setZone],
  );
  return <ZoneContext value={value}>{children}</ZoneContext>;
}

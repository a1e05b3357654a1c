// Nothing matches: which condition is it that excludes everything, and would a longer range help?
import { useQueries, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api } from "@/api/client";
import { toNumber } from "@/lib/counts";
import { plural } from "@/lib/numbers";
import { parts, spanFilters } from "@/lib/traces/filters";
import { filterQuery, hasFilters, type Filters } from "@/lib/traces/search";
import { Empty, Loading, NoDataYet } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import type { HeldRange } from "./useHeldRange";
import classes from "./Page.module.css";

interface NothingFoundProps {
  readonly filters: Filters;
  readonly range: HeldRange;
  readonly onFilters: (filters: Filters) => void;
}

/** Conditions that are tried. */
const MOST_TRIED = 8;
const DAY_MS = 86_400_000;

interface Wider {
  readonly label: string;
  readonly from: string;
  readonly startMs: number;
}

/** Ranges that end now and are longer than the one at hand. */
function widerRanges(range: HeldRange): readonly Wider[] {
  const nowMs = range.endMs;
  const ranges = [["last 24 hours", "now-24h", DAY_MS], ["last 7 days", "now-7d", 7 * DAY_MS], ["last 30 days", "now-30d", 30 * DAY_MS]] as const;
  return ranges.filter(([, , length]) => length > range.endMs - range.startMs).map(([label, from, length]) => ({ label, from, startMs: nowMs - length }));
}

function countCall(filters: Filters, start: string | undefined, end: string | undefined) {
  const params = { ...filterQuery(spanFilters(filters).filters), start, end };
  return {
    queryKey: ["span count", params],
    queryFn: async ({ signal }: { signal: AbortSignal }) => toNumber((await api.get("/api/v1/traces/histogram", { query: params, signal })).count),
    retry: false,
  };
}

/** The empty list. */
export function NothingFound({ filters, range, onFilters }: NothingFoundProps): ReactElement {
  const any = useQuery({ queryKey: ["any trace"], queryFn: ({ signal }) => api.get("/api/v1/traces", { query: { limit: 1 }, signal }) });
  if (any.isPending) return <Loading rows={4} />;
  if (any.data?.traces.length === 0) return <NoDataYet signal="spans" />;
  return <NoMatch filters={filters} range={range} onFilters={onFilters} />;
}

function NoMatch({ filters, range, onFilters }: NothingFoundProps): ReactElement {
  const { set } = useTimeRange();
  const tried = parts(filters).slice(0, MOST_TRIED);
  const wider = widerRanges(range);
  const without = useQueries({ queries: tried.map((part) => countCall(part.without, range.start, range.end)) });
  const longer = useQueries({ queries: wider.map(({ startMs }) => countCall(filters, new Date(startMs).toISOString(), undefined)) });
  const culprits = tried.flatMap((part, index) => {
    const count = without[index]?.data ?? 0;
    return count > 0 ? [{ ...part, count }] : [];
  });
  const best = longer.findIndex(({ data }) => (data ?? 0) > 0);
  const found = wider[best];
  const waiting = [...without, ...longer].some(({ isPending }) => isPending);
  const title = hasFilters(filters) ? "No traces match in this range" : "No traces in this range";
  return (
    <Empty
      title={title}
      hint={waiting ? "Looking for what excludes them …" : culprits.length === 0 && found === undefined ? "Neither one condition less nor a longer range finds any." : undefined}
      action={
        <ul className={classes["ways"]}>
          {culprits.map(({ text, count, without: less }) => (
            <li key={text}>
              <button type="button" className={classes["way"]} onClick={() => onFilters(less)}>
                {"Without "}
                <code>{text}</code>
                {` ${plural(count, "span")} ${count === 1 ? "matches" : "match"}`}
              </button>
            </li>
          ))}
          {found === undefined ? null : (
            <li>
              <button type="button" className={classes["way"]} onClick={() => set(found.from, "now")}>
                {`In the ${found.label} ${plural(longer[best]?.data ?? 0, "span")} ${longer[best]?.data === 1 ? "matches" : "match"}`}
              </button>
            </li>
          )}
        </ul>
      }
    />
  );
}

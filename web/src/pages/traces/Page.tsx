// The page "Traces": query, facets, one picture over time, and the list, which new matches join when asked.
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useEffect, useState, type ReactElement } from "react";
import { useGo } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { rememberInList } from "@/lib/storage";
import { asTraceql, withTraceDuration } from "@/lib/traces/filters";
import { durationText } from "@/lib/traces/literal";
import { MOST_RECENT, RECENT, recentOf } from "@/lib/traces/recent";
import { filtersOf, orderOf, searchHref, traceSearchCodec, type Filters, type TraceSearch } from "@/lib/traces/search";
import type { HeatPick } from "@/lib/heat";
import { useSearchState } from "@/lib/urlState";
import { useTimeRange } from "@/shell/timeRange";
import { FacetColumn } from "./FacetColumn";
import { PicturePanel } from "./PicturePanel";
import { Results } from "./Results";
import { SearchHead } from "./SearchHead";
import { useArrivals } from "./useArrivals";
import { useHeldRanges } from "./useHeldRange";
import { useServiceSlots, useSpanHistogram, useSpanLabels } from "./useSpanFigures";
import { isMistake, useSlowest, useTraceList } from "./useTraceList";
import classes from "./Page.module.css";

/** Below it there is no room for a column of facets. */
const NARROW = "(max-width: 900px)";
const PHONE = "(max-width: 640px)";

/** The address of a search with an area of a picture as its range and durations; undefined if the text has a mistake. */
function areaHref(search: TraceSearch, area: HeatPick, of: "traces" | "spans"): string | undefined {
  const [min, max] = [durationText(area.minMs), durationText(area.maxMs)];
  const filters = of === "spans" ? { ...filtersOf(search), min, max } : withTraceDuration(search, min, max);
  return filters === undefined ? undefined : searchHref({ ...search, ...filters }, area.fromMs, area.toMs);
}

/** The page. */
export function Page(): ReactElement {
  const [search, change] = useSearchState(traceSearchCodec);
  const range = useTimeRange();
  const go = useGo();
  const [follow, setFollow] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const narrow = useMediaQuery(NARROW, matchMedia(NARROW).matches) ?? false;
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches) ?? false;
  const filters = filtersOf(search);
  const { labels, typesOf } = useSpanLabels();
  const held = useHeldRanges(JSON.stringify([filters, search.sort]), follow && !scrolled);
  const list = useTraceList(filters, search.sort, held.rows);
  const histogram = useSpanHistogram(filters, held.figures);
  const slotOf = useServiceSlots(list.rows.flatMap((row) => row.services));
  const live = useArrivals(range.live ? asTraceql(filters, typesOf) : undefined, list.rows);
  const onFilters = useCallback((next: Filters) => change(next), [change]);
  const slowest = useSlowest(filters, held.figures, list.more && search.picture === "scatter" && orderOf(search.sort) === "newest");
  useRecent(search);
  const take = (): void => {
    held.take();
    live.clear();
  };
  const facets = { filters, typesOf, labels, range: held.figures };
  return (
    <div className={classes["page"]} aria-busy={list.loading || list.stale || undefined}>
      <SearchHead search={search} labels={labels} typesOf={typesOf} range={held.rows} list={list} onFilters={onFilters} onColumns={(cols) => change({ cols }, "replace")} />
      <div className={classes["body"]} data-narrow={narrow || undefined}>
        <FacetColumn {...facets} narrow={narrow} onFilters={onFilters} />
        <div className={classes["main"]}>
          {isMistake(list.error) ? null : (
            <PicturePanel
              histogram={histogram}
              rows={list.rows}
              slowest={slowest}
              range={held.figures}
              picture={search.picture}
              onPicture={(picture) => change({ picture }, "replace")}
              slotOf={slotOf}
              onTrace={(traceId) => go(hrefs.trace(traceId))}
              onZoom={(fromMs, toMs) => go(searchHref(search, fromMs, toMs))}
              onArea={(area, of) => {
                const href = areaHref(search, area, of);
                if (href !== undefined) go(href);
              }}
            />
          )}
          <Results
            list={list}
            filters={filters}
            cols={search.cols}
            sort={search.sort}
            onSort={(sort) => change({ sort }, "replace")}
            onFilters={onFilters}
            range={held.rows}
            slotOf={slotOf}
            narrow={phone}
            onScrolled={setScrolled}
            live={range.live ? { ...live, follow, paused: follow && scrolled, onFollow: setFollow, onTake: take } : undefined}
          />
        </div>
      </div>
    </div>
  );
}

/** Remembers a search once it has stood for a while. */
function useRecent(search: TraceSearch): void {
  const text = recentOf(search);
  useEffect(() => {
    if (text === undefined) return undefined;
    const timer = setTimeout(() => rememberInList(RECENT, text, MOST_RECENT), 3000);
    return () => clearTimeout(timer);
  }, [text]);
}

// The lines that match, by pages in both directions.
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactElement, type RefObject } from "react";
import { plural } from "@/lib/numbers";
import { EVERYTHING } from "@/lib/logs/conditions";
import type { Line } from "@/lib/logs/line";
import { Failure, Loading } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import { LineList, type LineListHandle } from "./LineList";
import type { LineLook } from "./LineRow";
import { NoAnswer, NothingMatches } from "./NothingMatches";
import { useFollow, useKeptPlace, useListRequest, usePlace } from "./useListRequest";
import { useLineKeys } from "./useLineKeys";
import { useLineStore, type OpenList } from "./useLineStore";
import { useNewer } from "./useNewer";
import classes from "./ListView.module.css";

interface ListViewProps {
  /** The open record; null while it is being read. */
  readonly record: Line | undefined | null;
  readonly look: LineLook;
  /** Tells how many lines are in the list, and whether there are more. */
  readonly onLoaded: (lines: number, more: boolean) => void;
  /** Tells which services occur. */
  readonly onServices: (names: readonly string[]) => void;
}

/** The list with its states. */
export function ListView({ record, look, onLoaded, onServices }: ListViewProps): ReactElement {
  const place = usePlace();
  const handle = useRef<LineListHandle>(null);
  const page = useLogs();
  const { request, stale, renew } = useListRequest(record, place);
  const { list, loading } = useLineStore(request);
  const follows = (): boolean => !loading && page.search.record === "" && page.search.order === "newest" && (handle.current?.scrollTop() ?? 0) < 24;
  useFollow(stale, follows, renew);
  useKeptPlace(() => (loading ? null : firstInView(list, handle.current)));
  // A record that is opened from elsewhere is not in the list yet: open the list around it, once.
  const sought = useRef("");
  useEffect(() => {
    if (!record || list === undefined || loading || sought.current === record.id) return;
    sought.current = record.id;
    if (list.store.find(record.id) < 0 && list.request.anchor?.id !== record.id) renew({ id: record.id, timestamp: record.timestamp, place: "center" });
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [record, list, loading]);
  const newer = useNewer(stale ? request : undefined);
  if (list === undefined) return <Loading rows={24} />;
  return (
    <div className={classes["view"]} aria-busy={loading}>
      {newer > 0 ? (
        <button type="button" className={classes["newer"]} onClick={() => renew()}>
          {plural(newer, "newer line")}: show {newer === 1 ? "it" : "them"}
        </button>
      ) : null}
      <Lines list={list} look={look} handle={handle} onLoaded={onLoaded} onServices={onServices} onRetry={() => renew()} />
    </div>
  );
}

/** The first line in view; undefined at the very top, null where there is no list or the line's page is away. */
function firstInView(list: OpenList | undefined, handle: LineListHandle | null): Line | undefined | null {
  if (list === undefined || handle === null) return null;
  const index = handle.first();
  return index === 0 && !list.store.view().more.up ? undefined : (list.store.line(index) ?? null);
}

interface LinesProps {
  readonly list: OpenList;
  readonly look: LineLook;
  readonly handle: RefObject<LineListHandle | null>;
  readonly onLoaded: (lines: number, more: boolean) => void;
  readonly onServices: (names: readonly string[]) => void;
  readonly onRetry: () => void;
}

function Lines({ list, look, handle, onLoaded, onServices, onRetry }: LinesProps): ReactElement {
  const page = useLogs();
  const { startMs, endMs } = useTimeRange();
  const { store, anchorAt, request } = list;
  const view = useSyncExternalStore(store.subscribe, store.view);
  const [moved, setCurrent] = useState("");
  const current = page.search.record === "" ? moved : page.search.record;
  const walked = useMemo(() => ({ count: view.count, lineAt: (index: number) => store.line(index), find: (id: string) => store.find(id) }), [store, view]);
  const keys = useLineKeys(walked, { current, setCurrent }, handle);
  useEffect(() => onLoaded(view.count, view.more.down || view.more.up), [view, onLoaded]);
  useEffect(() => onServices(servicesOf(store)), [store, view.count, onServices]);
  // A list that was opened anew starts at its top, or at its anchor.
  useEffect(() => {
    if (anchorAt >= 0) handle.current?.show(anchorAt, request.anchor?.place ?? "center");
    else if ((handle.current?.scrollTop() ?? 0) > 24) handle.current?.show(0, "start");
  }, [list, anchorAt, request, handle]);
  const onView = useCallback(
    (first: number, last: number) => {
      store.show(first, last);
      if (last >= store.view().count - 40) void store.grow("down");
      if (first <= 40) void store.grow("up");
    },
    [store],
  );
  if (view.error !== undefined && view.count === 0) return <NoAnswer error={view.error} onRetry={onRetry} />;
  if (view.count === 0) return <NothingMatches spanMs={endMs - startMs} />;
  const hidden = page.search.record !== "" && request.anchor?.id === page.search.record && anchorAt < 0;
  return (
    <>
      {hidden ? (
        <p className={classes["hidden"]} role="status">
          The open line is not among what matches: here is what stands around its time.
          <button type="button" className={classes["without"]} onClick={() => page.ask(EVERYTHING)}>
            Without filters
          </button>
        </p>
      ) : null}
      <LineList
        ref={handle}
        label="Log lines"
        count={view.count}
        lineAt={walked.lineAt}
        look={look}
        current={current}
        onOpen={page.open}
        onKeys={keys}
        currentAt={current === "" ? -1 : store.find(current)}
        onView={onView}
        above={view.above}
        order={page.search.order}
        onOrder={() => page.set({ order: page.search.order === "newest" ? "oldest" : "newest" })}
        onColumns={(cols) => page.set({ cols }, "replace")}
      />
      {view.error === undefined ? null : (
        <div className={classes["failure"]}>
          <Failure error={view.error} onRetry={() => void store.grow("down")} />
        </div>
      )}
      {view.busy.down || view.busy.up ? <div className={classes["busy"]} role="status">Loading more lines…</div> : null}
    </>
  );
}

const SERVICES_FROM = 400;

/** Services of the first lines: those whose colours are asked for. */
function servicesOf(store: OpenList["store"]): readonly string[] {
  const names = new Set<string>();
  for (let index = 0; index < Math.min(SERVICES_FROM, store.view().count); index += 1) names.add(store.line(index)?.serviceName ?? "");
  return [...names].toSorted();
}

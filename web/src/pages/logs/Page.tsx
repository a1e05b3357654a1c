// The page "Logs": query, filters, facets, volume, lines (or patterns, or a live tail), and the record that is open.
import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconAdjustments } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo, useState, type ReactElement } from "react";
import type { LogCount } from "@/api/schema";
import { IconButton } from "@/components/IconButton";
import { Segments } from "@/components/Segments";
import { SplitPane } from "@/components/SplitPane";
import { toNumber } from "@/lib/counts";
import { hasConditions } from "@/lib/logs/conditions";
import { highlightOf } from "@/lib/logs/highlight";
import { queryOfTyped } from "@/lib/logs/logql";
import { largeValues, type Line } from "@/lib/logs/line";
import { Loading, NoDataYet } from "@/shell/help";
import { useTimeRange, useZone } from "@/shell/timeRange";
import { LogsContext, useLogs } from "./context";
import { Facets } from "./Facets";
import { FilterRow } from "./FilterRow";
import type { LineLook } from "./LineRow";
import { ListView } from "./ListView";
import { QueryBar } from "./QueryBar";
import { RecordPanel } from "./RecordPanel";
import { ResultLine } from "./ResultLine";
import { TailView } from "./TailView";
import { Tools } from "./Tools";
import { useLogsPage } from "./useLogsPage";
import { useRecord, type AskedRecord } from "./useRecord";
import { useRecordRange } from "./useRecordRange";
import { useAnyLogs, useVolume } from "./useResults";
import { useServiceSlots } from "./useSlots";
import { VolumeBar } from "./VolumeBar";
import classes from "./Page.module.css";

const PatternsView = lazy(() => import("./PatternsView").then((module) => ({ default: module.PatternsView })));
const DAY_MS = 86_400_000;
/** Large values up to this size together are fetched when their record is opened. */
const FETCH_MAX = 1_000_000;

/** The page "Logs". */
export function Page(): ReactElement {
  const { page, said, known } = useLogsPage();
  return (
    <LogsContext value={page}>
      <Logs said={said} known={known} />
    </LogsContext>
  );
}

function Logs({ said, known }: { readonly said: string; readonly known: Line | undefined }): ReactElement {
  const { search, conditions } = useLogs();
  const narrow = useMediaQuery("(max-width: 640px)") ?? false;
  const [services, setServices] = useState<readonly string[]>([]);
  const onServices = useCallback((names: readonly string[]) => setServices((now) => (now.join("\n") === names.join("\n") ? now : names)), []);
  const slots = useServiceSlots(services);
  const look = useLook(slots, services);
  const { query, stepMs } = useVolume();
  const record = useOpenRecord(search.record, known);
  const any = useAnyLogs(query.data !== undefined && toNumber(query.data.count) === 0 && !hasConditions(conditions));
  if (any === false) {
    return (
      <>
        <h1>Logs</h1>
        <NoDataYet signal="logs" />
      </>
    );
  }
  const panel = search.record === "" ? undefined : <RecordPanel asked={record.asked} onFull={record.full} words={look.words} sheet={narrow} />;
  return (
    <div className={classes["page"]}>
      <Head narrow={narrow} />
      <QueryBar error={query.error} />
      <FilterRow />
      <div className={classes["body"]}>
        {narrow ? null : (
          <aside className={classes["aside"]} aria-label="Facets">
            <Facets />
          </aside>
        )}
        <SplitPane
          name="logs"
          label="the record"
          initial={460}
          min={320}
          first={<Main look={look} record={record.asked} count={query} stepMs={stepMs} said={said} onServices={onServices} />}
          second={narrow ? undefined : panel}
        />
        {narrow ? panel : null}
      </div>
    </div>
  );
}

function Head({ narrow }: { readonly narrow: boolean }): ReactElement {
  const { search, set } = useLogs();
  const [drawer, setDrawer] = useState(false);
  return (
    <div className={classes["head"]}>
      {narrow ? <IconButton icon={IconAdjustments} label="Facets" pressed={drawer} onClick={() => setDrawer(true)} /> : null}
      <h1>Logs</h1>
      <Segments
        label="View"
        value={search.tail ? "lines" : search.view}
        options={[{ value: "lines", label: "Lines" }, { value: "patterns", label: "Patterns" }]}
        onChange={(view) => set({ view, tail: false })}
      />
      <Tools />
      <Drawer opened={narrow && drawer} onClose={() => setDrawer(false)} title="Facets" size="300px">
        <Facets />
      </Drawer>
    </div>
  );
}

interface MainProps {
  readonly look: LineLook;
  readonly record: AskedRecord;
  readonly count: UseQueryResult<LogCount>;
  readonly stepMs: number;
  readonly said: string;
  readonly onServices: (names: readonly string[]) => void;
}

/** Volume, result, and the lines in one of three ways. */
function Main({ look, record, count, stepMs, said, onServices }: MainProps): ReactElement {
  const { search } = useLogs();
  const [loaded, setLoaded] = useState({ lines: 0, more: false });
  const onLoaded = useCallback((lines: number, more: boolean) => setLoaded({ lines, more }), []);
  const known = record.line ?? (search.record !== "" && record.error === null ? null : undefined);
  return (
    <div className={classes["main"]}>
      <VolumeBar data={count.data} stepMs={stepMs} />
      <ResultLine count={count.data} fetching={count.isFetching} loaded={loaded} said={said} />
      <div className={classes["lines"]}>
        {search.tail ? (
          <TailView look={look} onServices={onServices} />
        ) : search.view === "patterns" ? (
          <Suspense fallback={<Loading rows={20} />}>
            <PatternsView />
          </Suspense>
        ) : (
          <ListView record={known} look={look} onLoaded={onLoaded} onServices={onServices} />
        )}
      </div>
    </div>
  );
}

function useLook(slots: Readonly<Record<string, number>>, services: readonly string[]): LineLook {
  const { search } = useLogs();
  const { zone } = useZone();
  const { startMs, endMs } = useTimeRange();
  const days = endMs - startMs > DAY_MS;
  const { wrap, cols, q } = search;
  const longest = Math.max(8, ...services.map((name) => name.length));
  return useMemo(
    () => ({ zone, days, wrap, columns: cols, hidden: new Set(cols), words: highlightOf(queryOfTyped(q).query), slots, longest }),
    [zone, days, wrap, cols, q, slots, longest],
  );
}

/** The open record: in full where that is little, or once somebody asks. */
function useOpenRecord(id: string, known: Line | undefined): { readonly asked: AskedRecord; readonly full: () => void } {
  const [wanted, setWanted] = useState("");
  const asked = useRecord(id, known, wanted === id);
  const large = asked.line === undefined ? [] : largeValues(asked.line);
  if (asked.line?.id === id && wanted !== id && large.length > 0 && large.reduce((sum, [, value]) => sum + value.bytes, 0) <= FETCH_MAX) setWanted(id);
  useRecordRange(asked.line);
  return { asked, full: () => setWanted(id) };
}

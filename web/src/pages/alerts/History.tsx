// What fired and was over in the time range, the newest first.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactElement } from "react";
import { api } from "@/api/client";
import type { AlertHistoryEntry } from "@/api/schema";
import { Place } from "@/components/alerting/Place";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Go, useGo } from "@/components/Go";
import { VirtualRows } from "@/components/VirtualRows";
import { hrefs } from "@/lib/href";
import { formatExact, plural } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import controls from "@/shell/controls.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { useTimeRange, useZone } from "@/shell/timeRange";
import type { AlertsSearch } from "./search";
import classes from "./History.module.css";

interface HistoryProps {
  readonly search: AlertsSearch;
  readonly onText: (text: string) => void;
}

const PAGE = 200;
const MOST = 2_000;
const COLUMNS = ["Fired", "Lasted", "Severity", "What", "Where", "Messages", "Taken on by"] as const;

function useHistory(search: AlertsSearch) {
  const { start, end } = useTimeRange();
  const query = { start, end, rule: search.rule || undefined, text: search.text || undefined };
  return useInfiniteQuery({
    queryKey: ["alerts", "history", query],
    queryFn: ({ signal, pageParam }) => api.get("/api/v1/alerts/history", { query: { ...query, limit: PAGE, cursor: pageParam === "" ? undefined : pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** The history of the time range that is open. */
export function History({ search, onText }: HistoryProps): ReactElement {
  const range = useTimeRange();
  const query = useHistory(search);
  const pages = query.data?.pages;
  const entries = useMemo(() => [...new Map((pages ?? []).flatMap((page) => page.details).map((entry) => [entry.id, entry])).values()], [pages]);
  const [first] = pages ?? [];
  if (first === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <div aria-busy="true"><Loading rows={10} height={30} /></div>;
  const more = (): void => {
    if (query.hasNextPage && !query.isFetchingNextPage && entries.length < MOST) void query.fetchNextPage();
  };
  return (
    <>
      <p className={classes["facts"]} role="status">
        {`${range.label}: ${formatExact(first.fired)} fired, ${formatExact(first.resolved)} resolved`}
      </p>
      {query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : null}
      {entries.length === 0 ? <None search={search} onText={onText} /> : <Table entries={entries} onEnd={more} />}
    </>
  );
}

function None({ search, onText }: HistoryProps): ReactElement {
  if (search.text !== "") {
    return (
      <Empty
        title="No alert of this time matches"
        hint={`Nothing that fired in this range has “${search.text}” in its name or labels.`}
        action={<button type="button" className={controls["button"]} onClick={() => onText("")}>Show all of this time</button>}
      />
    );
  }
  return <Empty title="Nothing fired in this time" hint="Look further back with the time range at the top." action={<Go href={hrefs.alerts({ state: "history", from: "now-7d", to: "now" })} className={controls["button"]}>Last 7 days</Go>} />;
}

function Table({ entries, onEnd }: { readonly entries: readonly AlertHistoryEntry[]; readonly onEnd: () => void }): ReactElement {
  const go = useGo();
  const [current, setCurrent] = useState("");
  const open = (place: number): void => {
    const entry = entries[place];
    if (entry !== undefined) go(hrefs.alert(entry.id));
  };
  return (
    <div role="table" aria-label="History of alerts" aria-rowcount={entries.length + 1} className={classes["grid"]}>
      <div role="rowgroup" className={classes["headGroup"]}>
        <div role="row" aria-rowindex={1} className={classes["head"]}>
          {COLUMNS.map((name) => (
            <span key={name} role="columnheader" data-right={name === "Lasted" || name === "Messages" || undefined}>
              {name}
            </span>
          ))}
        </div>
      </div>
      <VirtualRows
        as="rows"
        label="History of alerts"
        count={entries.length}
        current={entries.findIndex((entry) => entry.id === current)}
        onCurrent={(place) => setCurrent(entries[place]?.id ?? "")}
        onOpen={open}
        onEnd={onEnd}
        keyOf={(place) => entries[place]?.id ?? place}
        rowHeight={30}
        measured
        row={(place) => <Row entry={entries[place]} />}
      />
    </div>
  );
}

function Row({ entry }: { readonly entry: AlertHistoryEntry | undefined }): ReactElement | null {
  const zone = useZone();
  if (entry === undefined) return null;
  const firedMs = Date.parse(entry.firedAt);
  const lasted = entry.resolvedAt === undefined ? "still firing" : formatDuration(Date.parse(entry.resolvedAt) - firedMs);
  return (
    <div role="presentation" className={classes["row"]}>
      <span role="cell" className={classes["when"]}>
        <time dateTime={entry.firedAt}>{zone.dateTime(firedMs)}</time>
      </span>
      <span role="cell" className={classes["lasted"]} title={entry.resolvedAt === undefined ? undefined : `over at ${zone.dateTime(Date.parse(entry.resolvedAt))}`}>
        {lasted}
      </span>
      <span role="cell" className={classes["severity"]}>
        <SeverityMark severity={entry.severity} words />
      </span>
      <span role="cell" className={classes["what"]} title={entry.summary}>
        <Go href={hrefs.alert(entry.id)} className={classes["name"]} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
          {entry.name}
        </Go>
        <span className={classes["quiet"]}>{entry.summary === entry.name ? "" : entry.summary}</span>
      </span>
      <span role="cell" className={classes["where"]}>
        <Place labels={entry.labels} most={2} />
      </span>
      <span role="cell" className={classes["lasted"]} title={plural(entry.notifications, "message")}>
        {formatExact(entry.notifications)}
      </span>
      <span role="cell" className={classes["quiet"]}>
        {entry.acknowledgedBy ?? ""}
      </span>
    </div>
  );
}

// Lines by what they have in common: how many, how grave, since when; a click shows them, another leaves them out.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconFilterMinus } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { LogPattern } from "@/api/schema";
import { api } from "@/api/client";
import { Ago } from "@/components/Figures";
import { IconButton } from "@/components/IconButton";
import { SortHead } from "@/components/SortHead";
import { Sparkline } from "@/charts/Sparkline";
import { toNumber } from "@/lib/counts";
import { excludePattern, includePattern, patternPieces } from "@/lib/logs/patterns";
import { severityOfNumber, severityWord, toneOf } from "@/lib/logs/severity";
import { formatExact, formatPercent, plural } from "@/lib/numbers";
import { sortRows, type Sort } from "@/lib/table";
import { Loading } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import { NoAnswer, NothingMatches } from "./NothingMatches";
import classes from "./PatternsView.module.css";

const SORTS: Readonly<Record<string, (pattern: LogPattern) => number | string>> = {
  count: (pattern) => toNumber(pattern.count),
  level: (pattern) => pattern.severity,
  pattern: (pattern) => pattern.pattern,
  first: (pattern) => Date.parse(pattern.firstSeen),
  last: (pattern) => Date.parse(pattern.lastSeen),
};

/** The table of patterns. */
export function PatternsView(): ReactElement {
  const { params } = useLogs();
  const { start, end, startMs, endMs } = useTimeRange();
  const query = useQuery({
    queryKey: ["logs", "patterns", params, start, end],
    queryFn: ({ signal }) => api.get("/api/v1/logs/patterns", { query: { ...params, start, end, limit: 200 }, signal }),
    placeholderData: keepPreviousData,
  });
  if (query.isError) return <NoAnswer error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading rows={20} />;
  if (query.data.patterns.length === 0) return <NothingMatches spanMs={endMs - startMs} />;
  const { patterns, lines, sampled } = query.data;
  return (
    <div className={classes["view"]}>
      <p className={classes["note"]} role="status">
        {plural(patterns.length, "pattern")} in {sampled ? "the newest " : ""}
        {plural(lines, "line")}
      </p>
      <PatternTable patterns={patterns} lines={toNumber(lines)} />
    </div>
  );
}

function PatternTable({ patterns, lines }: { readonly patterns: readonly LogPattern[]; readonly lines: number }): ReactElement {
  const [sort, setSort] = useState<Sort>({ key: "count", down: true });
  const { endMs } = useTimeRange();
  const head = (name: string, title: string, right = false): ReactElement => (
    <SortHead name={name} sort={sort} onSort={setSort} right={right} downFirst={name !== "pattern"}>
      {title}
    </SortHead>
  );
  const rows = sortRows(patterns, SORTS[sort.key] ?? (() => 0), sort.down);
  return (
    <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="Patterns">
      <table className={classes["table"]}>
        <thead>
          <tr>
            {head("count", "Lines", true)}
            <th scope="col" className={classes["right"]}>Share</th>
            {head("level", "Level")}
            <th scope="col" className={classes["trendHead"]}>Trend</th>
            {head("pattern", "Pattern")}
            {head("first", "First", true)}
            {head("last", "Last", true)}
            <th scope="col">
              <span className={classes["hidden"]}>Leave out</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((pattern) => (
            <PatternRow key={pattern.pattern} pattern={pattern} share={lines === 0 ? 0 : toNumber(pattern.count) / lines} nowMs={endMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PatternRow({ pattern, share, nowMs }: { readonly pattern: LogPattern; readonly share: number; readonly nowMs: number }): ReactElement {
  const { conditions, search, set, ask } = useLogs();
  const severity = severityOfNumber(pattern.severity);
  const tone = toneOf(severity);
  return (
    <tr>
      <td className={classes["right"]}>{formatExact(pattern.count)}</td>
      <td className={classes["right"]}>{formatPercent(share)}</td>
      <td data-tone={tone}>{severityWord(severity)}</td>
      <td className={classes["trend"]}>
        <Sparkline values={pattern.trend.map(toNumber)} height={20} tone={tone} />
      </td>
      <td className={classes["cell"]}>
        <button
          type="button"
          className={classes["pattern"]}
          title={`Show these lines: ${pattern.pattern}`}
          disabled={pattern.query === ""}
          onClick={() => set({ ...includePattern(conditions, pattern.query), view: "lines" })}
        >
          {patternPieces(pattern.pattern).map((piece, index) => (piece.gap ? <span key={index} className={classes["gap"]}>{piece.text}</span> : piece.text))}
        </button>
      </td>
      <td className={classes["right"]}>
        <Ago ms={Date.parse(pattern.firstSeen)} nowMs={nowMs} />
      </td>
      <td className={classes["right"]}>
        <Ago ms={Date.parse(pattern.lastSeen)} nowMs={nowMs} />
      </td>
      <td>
        <IconButton icon={IconFilterMinus} label="Leave these lines out" disabled={pattern.query === "" || search.view !== "patterns"} onClick={() => ask(excludePattern(conditions, pattern.query))} />
      </td>
    </tr>
  );
}

// All that Explore holds: the URL, the query rows, the step, and the answers.
import { useState } from "react";
import type { InstantData, RangeData } from "@/lib/promql/data";
import { insertQuery, rowLetter, runRows, type QueryRow } from "@/lib/promql/rows";
import { rateWindow, usedStep } from "@/lib/promql/step";
import { rememberInList } from "@/lib/storage";
import { useSearchState, type How } from "@/lib/urlState";
import { useTimeRange } from "@/shell/timeRange";
import type { LetteredAnswer } from "./chartSeries";
import { HISTORY, HISTORY_SIZE } from "./history";
import type { Outcome } from "./QueryEditor";
import { exploreCodec, type ExploreSearch } from "./search";
import type { LetteredInstant } from "./TableView";
import { useInstantAnswers, useRangeAnswers, type Answer, type Span } from "./useAnswers";
import { useRows } from "./useRows";

/** The state of the page. */
export interface Explore {
  search: ExploreSearch;
  setSearch: (patch: Partial<ExploreSearch>, how?: How) => void;
  rows: readonly QueryRow[];
  change: (rows: readonly QueryRow[]) => void;
  /** Runs what is typed and remembers it. */
  run: () => void;
  /** Runs a query in a free row. */
  insert: (expr: string) => void;
  stepS: number;
  lengthened: boolean;
  /** The window of `rate()` that suits range and step. */
  window: string;
  outcomes: readonly Outcome[];
  /** Answers of the view that is open; those that failed or are hidden are left out. */
  drawn: readonly LetteredAnswer[];
  listed: readonly LetteredInstant[];
  /** The first answers are on their way. */
  waiting: boolean;
}

function outcomeOf(row: QueryRow, answer: Answer<RangeData | InstantData> | undefined): Outcome {
  const data = row.hidden || row.run === "" ? undefined : answer?.answer;
  const scalar = data?.data.resultType === "scalar" || data?.data.resultType === "string";
  return {
    error: row.hidden ? undefined : answer?.error,
    warnings: data?.warnings ?? [],
    infos: data?.infos ?? [],
    stats: data?.data.stats,
    series: data === undefined ? undefined : scalar ? 1 : data.data.result.length,
    tookMs: answer?.tookMs,
    loading: answer?.loading ?? false,
  };
}

function lettered<T>(rows: readonly QueryRow[], answers: readonly Answer<T>[]): { letter: string; expr: string; data: T; span: Span }[] {
  return rows.flatMap((row, index) => {
    const one = answers[index];
    return row.run === "" || row.hidden || one?.answer === undefined || one.span === undefined || one.error !== null ? [] : [{ letter: rowLetter(index), expr: row.run, data: one.answer.data, span: one.span }];
  });
}

/** The state of the page. `width` is that of the chart, px. */
export function useExplore(width: number): Explore {
  const range = useTimeRange();
  const [search, setSearch] = useSearchState(exploreCodec);
  const { rows, change, run } = useRows(search, setSearch);
  const rangeMs = range.endMs - range.startMs;
  const { seconds: stepS, lengthened } = usedStep(search.step, rangeMs, width);
  const chart = search.view === "chart";
  const ready = width > 0;
  const overRange = useRangeAnswers(rows, { startMs: range.startMs, endMs: range.endMs, stepS }, chart && ready);
  const atEnd = useInstantAnswers(rows, range.endMs, !chart);
  const answers: readonly Answer<RangeData | InstantData>[] = chart ? overRange : atEnd;
  const remember = (next: readonly QueryRow[]): void => {
    for (const row of next) if (row.run !== "") rememberInList(HISTORY, row.run, HISTORY_SIZE);
  };
  // The same answers are the same list, so that a chart is drawn anew only when something came.
  const drawn = useStable(lettered(rows, overRange));
  const listed = useStable(lettered(rows, atEnd));
  return {
    search,
    setSearch,
    rows,
    change,
    run: () => {
      remember(runRows(rows));
      run();
    },
    insert: (expr) => {
      const next = insertQuery(rows, expr);
      remember(next);
      change(next);
    },
    stepS,
    lengthened,
    window: rateWindow(rangeMs, stepS),
    outcomes: rows.map((row, index) => outcomeOf(row, answers[index])),
    drawn,
    listed,
    waiting: answers.some((one, index) => one.answer === undefined && one.error === null && rows[index]?.run !== "" && rows[index]?.hidden === false),
  };
}

/** The list of before where letters, texts and answers are the same. */
function useStable<T extends { letter: string; expr: string; data: unknown }>(list: readonly T[]): readonly T[] {
  const [kept, setKept] = useState(list);
  const same = kept.length === list.length && kept.every((one, index) => one.letter === list[index]?.letter && one.expr === list[index]?.expr && one.data === list[index]?.data);
  if (same) return kept;
  setKept(list);
  return list;
}

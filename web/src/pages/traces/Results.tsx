// Below the picture: what is new, what is incomplete, and the list or why there is none.
import { useState, type ReactElement } from "react";
import { plural } from "@/lib/numbers";
import { blocksFailed } from "@/lib/traces/results";
import type { Arrivals } from "@/lib/traces/arrivals";
import type { Column, Filters } from "@/lib/traces/search";
import type { Sort } from "@/lib/table";
import type { LiveState } from "@/live/events";
import { Empty, Failure, Loading } from "@/shell/help";
import { CompareBar } from "./CompareBar";
import { NewTraces } from "./NewTraces";
import { NothingFound } from "./NothingFound";
import { ResultTable } from "./ResultTable";
import type { HeldRange } from "./useHeldRange";
import { isMistake, type TraceRows } from "./useTraceList";
import classes from "./Page.module.css";

interface ResultsProps {
  readonly list: TraceRows;
  readonly filters: Filters;
  readonly cols: readonly Column[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onFilters: (filters: Filters) => void;
  readonly range: HeldRange;
  readonly slotOf: (service: string) => number | undefined;
  readonly narrow: boolean;
  readonly onScrolled: (scrolled: boolean) => void;
  /** Undefined while the range does not end at now. */
  readonly live: { readonly arrivals: Arrivals; readonly state: LiveState; readonly follow: boolean; readonly paused: boolean; onFollow(on: boolean): void; onTake(): void } | undefined;
}

const DAY_MS = 86_400_000;

/** The list with the bars above it. */
export function Results({ list, filters, cols, sort, onSort, onFilters, range, slotOf, narrow, onScrolled, live }: ResultsProps): ReactElement {
  const [current, setCurrent] = useState("");
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const tick = (traceId: string): void => setTicked((now) => (now.includes(traceId) ? now.filter((one) => one !== traceId) : [...now, traceId].slice(-2)));
  const failed = blocksFailed(list.pages);
  return (
    <>
      <div className={classes["strip"]}>
        {live === undefined ? null : <NewTraces {...live} loading={list.loading} />}
        <CompareBar ticked={ticked} onClear={() => setTicked([])} />
      </div>
      {failed === 0 ? null : (
        <p className={classes["incomplete"]} role="alert">
          {`The answer is incomplete: ${plural(failed, "block")} could not be read. The status page says why.`}
        </p>
      )}
      {list.error !== null && list.rows.length > 0 && !isMistake(list.error) ? <Failure error={list.error} onRetry={list.retry} /> : null}
      <Body list={list} filters={filters} range={range} onFilters={onFilters}>
        <ResultTable
          key={JSON.stringify([filters, sort])}
          list={list}
          cols={cols}
          sort={sort}
          onSort={onSort}
          current={current}
          onCurrent={setCurrent}
          ticked={ticked}
          onTick={tick}
          slotOf={slotOf}
          dates={range.endMs - range.startMs > DAY_MS}
          narrow={narrow}
          onScrolled={onScrolled}
          end={range.end}
        />
      </Body>
    </>
  );
}

interface BodyProps extends Pick<ResultsProps, "list" | "filters" | "range" | "onFilters"> {
  readonly children: ReactElement;
}

function Body({ list, filters, range, onFilters, children }: BodyProps): ReactElement {
  if (isMistake(list.error)) return <Empty title="The search cannot be run" hint="What is wrong stands below the query. Correct it and press Enter." />;
  if (list.error !== null && list.rows.length === 0) return <Failure error={list.error} onRetry={list.retry} />;
  if (list.loading) return <div className={classes["waiting"]}><Loading rows={14} height={26} /></div>;
  if (list.rows.length === 0 && !list.stale) return <NothingFound filters={filters} range={range} onFilters={onFilters} />;
  return children;
}

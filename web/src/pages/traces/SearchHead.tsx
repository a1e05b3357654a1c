// Title, what the answer is, and the query bar.
import type { ReactElement } from "react";
import type { Label } from "@/api/schema";
import { filtersOf, type Column, type Filters, type TraceSearch } from "@/lib/traces/search";
import { rangeWords, resultLine } from "@/lib/traces/results";
import type { TypesOf } from "@/lib/traces/literal";
import { FilterBuilder } from "./FilterBuilder";
import { QueryBar } from "./QueryBar";
import { QueryHelp } from "./QueryHelp";
import { SearchMenu } from "./SearchMenu";
import type { HeldRange } from "./useHeldRange";
import type { TraceRows } from "./useTraceList";
import classes from "./Page.module.css";

interface SearchHeadProps {
  readonly search: TraceSearch;
  readonly labels: readonly Label[];
  readonly typesOf: TypesOf;
  readonly range: HeldRange;
  readonly list: TraceRows;
  readonly onFilters: (filters: Filters) => void;
  readonly onColumns: (cols: readonly Column[]) => void;
}

/** The head of the page. */
export function SearchHead({ search, labels, typesOf, range, list, onFilters, onColumns }: SearchHeadProps): ReactElement {
  const filters = filtersOf(search);
  const { rows, pages, more, full } = list;
  const said = list.loading ? "Searching …" : list.error !== null && rows.length === 0 ? "" : resultLine({ rows, pages, sort: search.sort, more: more || full, range: rangeWords(range.startMs, range.endMs) });
  return (
    <>
      <header className={classes["head"]}>
        <h1>Traces</h1>
        <p role="status" aria-live="polite" className={classes["said"]}>
          {said}
        </p>
      </header>
      <QueryBar filters={filters} onFilters={onFilters} typesOf={typesOf} error={list.error}>
        {(onUse) => (
          <>
            <FilterBuilder filters={filters} onUse={onUse} labels={labels} typesOf={typesOf} range={range} />
            <QueryHelp service={rows[0]?.services[0]} onRun={(q) => onFilters({ ...filters, q })} />
            <SearchMenu search={search} range={range} onColumns={onColumns} />
          </>
        )}
      </QueryBar>
    </>
  );
}

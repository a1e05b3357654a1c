// One dense line a service; its operations open below it.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement, type ReactNode } from "react";
import { api } from "@/api/client";
import type { Service } from "@/api/schema";
import { SortHead } from "@/components/SortHead";
import { toNumber } from "@/lib/counts";
import { plural } from "@/lib/numbers";
import { servicesOf, totalsLine } from "@/lib/services/rows";
import type { ServiceSearch } from "@/lib/services/search";
import type { Sort } from "@/lib/table";
import { Empty, Failure, Loading, NoDataYet } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { ServiceRows } from "./ServiceRows";
import { useLineKeys } from "./useLineKeys";
import classes from "./Page.module.css";

interface ServiceListProps {
  readonly search: ServiceSearch;
  readonly onSearch: (patch: Partial<ServiceSearch>, how?: "push" | "replace") => void;
  readonly views: ReactNode;
}

/** Lines that are shown before somebody asks for all. */
const SHOWN = 100;

/** The list and what stands above it. */
export function ServiceList({ search, onSearch, views }: ServiceListProps): ReactElement {
  const { start, end } = useTimeRange();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["services", start, end],
    queryFn: ({ signal }) => api.get("/api/v1/services", { query: { start, end }, signal }),
    placeholderData: keepPreviousData,
  });
  const services = servicesOf(data?.services ?? [], search.find, search.sort);
  const failed = toNumber(data?.stats.blocksFailed);
  return (
    <>
      <header className={classes["head"]} aria-busy={isPending || undefined}>
        <h1>Services</h1>
        <p role="status" className={classes["said"]}>
          {data === undefined ? "" : totalsLine(services, data.more)}
        </p>
        <div className={classes["tools"]}>
          <input type="search" className={classes["find"]} value={search.find} placeholder="Find a service" aria-label="Find a service" onChange={(event) => onSearch({ find: event.currentTarget.value }, "replace")} />
          {views}
        </div>
      </header>
      {failed === 0 ? null : <p className={classes["incomplete"]} role="alert">{`The figures are incomplete: ${plural(failed, "block")} could not be read. The status page says why.`}</p>}
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {isPending ? <Loading rows={10} /> : null}
      {data === undefined ? null : data.services.length === 0 ? <Nothing /> : services.length === 0 ? <Empty title={`No service has "${search.find}" in its name`} /> : <Lines services={services} search={search} onSearch={onSearch} />}
    </>
  );
}

function Nothing(): ReactElement {
  const any = useQuery({ queryKey: ["any trace"], queryFn: ({ signal }) => api.get("/api/v1/traces", { query: { limit: 1 }, signal }) });
  const range = useTimeRange();
  if (any.isPending) return <Loading rows={6} />;
  if (any.data?.traces.length === 0) return <NoDataYet signal="spans" />;
  return (
    <Empty
      title="No service sent spans in this range"
      action={
        <button type="button" className={classes["button"]} onClick={() => range.set("now-7d", "now")}>
          Show the last 7 days
        </button>
      }
    />
  );
}

interface LinesProps extends Pick<ServiceListProps, "search" | "onSearch"> {
  readonly services: readonly Service[];
}

const HEADS = [
  ["rate", "Rate/min"], ["errors", "Errors"], ["p50", "p50"], ["p95", "p95"], ["p99", "p99"], ["spans", "Spans"], ["logs", "Error logs"], ["seen", "Last seen"],
] as const;

function Lines({ services, search, onSearch }: LinesProps): ReactElement {
  const [all, setAll] = useState(false);
  const { endMs } = useTimeRange();
  const { ref, at, setAt, onKeyDown } = useLineKeys();
  const sort = (next: Sort): void => onSearch({ sort: next }, "replace");
  const shown = all ? services : services.slice(0, SHOWN);
  return (
    <div className={classes["scroll"]}>
      <table className={classes["table"]} aria-label="Services" ref={ref}>
        <thead>
          <tr>
            <SortHead name="name" sort={search.sort} onSort={sort}>
              Service
            </SortHead>
            {HEADS.map(([name, title]) => (
              <SortHead key={name} name={name} sort={search.sort} onSort={sort} right>
                {title}
              </SortHead>
            ))}
          </tr>
        </thead>
        {shown.map((service, index) => (
          <ServiceRows
            key={service.name}
            service={service}
            sort={search.sort}
            endMs={endMs}
            open={search.service === service.name}
            tabbable={index === Math.min(at, shown.length - 1)}
            onFocus={() => setAt(index)}
            onKeyDown={(event) => onKeyDown(event, index)}
            onOpen={(open) => onSearch({ service: open ? service.name : "" }, "replace")}
          />
        ))}
      </table>
      {shown.length < services.length ? (
        <button type="button" className={classes["button"]} onClick={() => setAll(true)}>{`Show all ${services.length}`}</button>
      ) : null}
    </div>
  );
}

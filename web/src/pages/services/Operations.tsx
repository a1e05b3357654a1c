// The operations of a service: the same columns, one line each.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement, type ReactNode } from "react";
import { api } from "@/api/client";
import { CountOf } from "@/components/Figures";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { NO_VALUE } from "@/lib/numbers";
import { leadsOfOperation, operationsOf } from "@/lib/services/rows";
import type { Sort } from "@/lib/table";
import { Failure, Loading } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { RedCells } from "./RedCells";
import classes from "./Page.module.css";

interface OperationsProps {
  readonly service: string;
  readonly sort: Sort;
}

const COLUMNS = 9;
/** Lines that are shown before somebody asks for all. */
const SHOWN = 30;

function Wide({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <tr>
      <td colSpan={COLUMNS} className={classes["wide"]}>
        {children}
      </td>
    </tr>
  );
}

/** The rows below an open service. */
export function Operations({ service, sort }: OperationsProps): ReactElement {
  const { start, end } = useTimeRange();
  const [all, setAll] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ["operations", service, start, end],
    queryFn: ({ signal }) => api.get("/api/v1/services/{name}/operations", { path: { name: service }, query: { start, end }, signal }),
    placeholderData: keepPreviousData,
  });
  if (data === undefined) return <Wide>{error === null ? <Loading rows={4} /> : <Failure error={error} onRetry={() => void refetch()} />}</Wide>;
  const operations = operationsOf(data.operations, sort);
  const shown = all ? operations : operations.slice(0, SHOWN);
  return (
    <>
      {shown.map((operation) => {
        const leads = leadsOfOperation(service, operation);
        return (
          <tr key={`${operation.kind} ${operation.name}`} className={classes["operation"]}>
            <th scope="row">
              <Go href={leads.traces} className={classes["operationName"]} title={operation.name}>
                {operation.name === "" ? "(no name)" : operation.name}
              </Go>
              <span className={classes["quiet"]}>{operation.kind.toLowerCase()}</span>
            </th>
            <RedCells red={operation.red} leads={leads} what={operation.name} />
            <td>
              <Go href={leads.traces}>
                <CountOf count={operation.red.count} />
              </Go>
            </td>
            <td className={classes["quiet"]}>{NO_VALUE}</td>
            <td className={classes["quiet"]}>{NO_VALUE}</td>
          </tr>
        );
      })}
      <Wide>
        <span className={classes["more"]}>
          {operations.length === 0 ? "No operations in this range." : null}
          {shown.length < operations.length ? (
            <button type="button" className={classes["button"]} onClick={() => setAll(true)}>{`Show all ${operations.length} operations`}</button>
          ) : null}
          {data.more ? <span className={classes["quiet"]}>There are more: these are the busiest.</span> : null}
          <Go href={hrefs.traces({ service })}>All traces</Go>
          <Go href={hrefs.logs({ service })}>All logs</Go>
        </span>
      </Wide>
    </>
  );
}

// The spans of a trace as tables: by operation, or one by one; sorted by any column.
import { useState, type ReactElement } from "react";
import { Segments } from "@/components/Segments";
import type { TraceTabProps } from "../tabs";
import { OperationTable } from "./OperationTable";
import { SpanTable } from "./SpanTable";
import frame from "../Tab.module.css";

const VIEWS = [
  { value: "operations", label: "Operations" },
  { value: "spans", label: "Spans" },
] as const;

/** The view "Table". */
export function TabTable(props: TraceTabProps): ReactElement {
  const [view, setView] = useState<"operations" | "spans">("operations");
  return (
    <div className={frame["tab"]}>
      <div className={frame["bar"]}>
        <Segments label="What a row is" value={view} options={VIEWS} onChange={setView} />
      </div>
      {view === "operations" ? <OperationTable {...props} /> : <SpanTable {...props} />}
    </div>
  );
}

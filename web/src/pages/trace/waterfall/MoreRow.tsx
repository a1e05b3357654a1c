// The place of children that are not loaded: how many, and the way to get them.
import type { ReactElement } from "react";
import { formatExact, plural } from "@/lib/numbers";
import { missingBelow } from "@/lib/trace/read";
import type { TraceData } from "../useTraceModel";
import classes from "./Row.module.css";
import { indentOf } from "./Row";

interface MoreRowProps {
  readonly data: TraceData;
  /** The span whose children are missing. */
  readonly row: number;
  readonly level: number;
}

/** The contents of such a row. Enter or a click loads. */
export function MoreRow({ data, row, level }: MoreRowProps): ReactElement {
  const { model } = data;
  const missing = missingBelow(model, row);
  const state = data.pages.get(model.id[row] ?? "");
  const words = state?.state === "loading" ? "loading …" : state?.state === "failed" ? `could not load: ${state.message}` : "";
  return (
    <div role="gridcell" className={classes.more} style={{ paddingLeft: 34 + indentOf(level) }}>
      <span>
        {missing.spans > missing.children ? `${plural(missing.spans, "more span")} below ${formatExact(missing.children)} more` : plural(missing.children, "more span")}
      </span>
      {data.full ? (
        <span>as many as this page holds; zoom to a subtree (z)</span>
      ) : (
        <span className={classes.moreButton}>{state?.state === "failed" ? "try again" : "load"}</span>
      )}
      <span role="status">{words}</span>
    </div>
  );
}

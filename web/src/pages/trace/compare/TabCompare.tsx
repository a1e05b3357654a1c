// This trace beside another: head figures, both timelines on one scale, what changed by operation, and both as one flame graph.
import { useMemo, type ReactElement } from "react";
import { buildModel } from "@/lib/trace/model";
import { Failure, Loading } from "@/shell/help";
import type { TraceTabProps } from "../tabs";
import { useOutline } from "../useOutline";
import { ChangeTable } from "./ChangeTable";
import { DiffFlame } from "./DiffFlame";
import { Heads } from "./Heads";
import { Picker } from "./Picker";
import { Timelines } from "./Timelines";
import classes from "./TabCompare.module.css";
import frame from "../Tab.module.css";

/** The view "Compare": the other trace is "before", this one is "after". */
export function TabCompare(props: TraceTabProps): ReactElement {
  const { compareWith, setCompareWith, model } = props;
  const other = useOutline(compareWith);
  const before = useMemo(() => (other.data === undefined ? undefined : buildModel(other.data)), [other.data]);
  return (
    <div className={classes["tab"]}>
      <Picker model={model} value={compareWith} onChange={setCompareWith} />
      {compareWith === "" ? null : other.error ? (
        <Failure error={other.error} onRetry={() => void other.refetch()} />
      ) : before === undefined ? (
        <Loading rows={10} />
      ) : (
        <>
          <Heads before={before} after={model} />
          <Timelines before={before} after={model} colour={props.colour} />
          <ChangeTable before={before} after={model} select={props.select} />
          <DiffFlame before={before} after={model} />
          {before.outline.cut || model.outline.cut ? <p className={frame["note"]}>One of the traces is larger than what was loaded: figures are of the loaded part.</p> : null}
        </>
      )}
    </div>
  );
}

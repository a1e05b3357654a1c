// What changed between two traces, by operation.
import { useMemo, useState, type ReactElement } from "react";
import { slotVar } from "@/lib/colour";
import { formatExact } from "@/lib/numbers";
import { changesOf, signed, type Change } from "@/lib/trace/compare/changes";
import type { TraceModel } from "@/lib/trace/model";
import { operationsOf } from "@/lib/trace/table/operations";
import { formatDuration } from "@/lib/units";
import classes from "./TabCompare.module.css";
import frame from "../Tab.module.css";
import controls from "@/shell/controls.module.css";

/** Lines that are shown at first. */
const SHOWN = 15;

interface ChangeTableProps {
  readonly before: TraceModel;
  readonly after: TraceModel;
  readonly select: (row: number) => void;
}

/** One line an operation, the largest change first. */
export function ChangeTable({ before, after, select }: ChangeTableProps): ReactElement {
  const [all, setAll] = useState(false);
  const changes = useMemo(() => changesOf(operationsOf(before), operationsOf(after)), [before, after]);
  const same = changes.filter((one) => one.word === "same" && one.deltaCount === 0).length;
  const telling = changes.filter((one) => one.word !== "same" || one.deltaCount !== 0);
  const shown = all ? telling : telling.slice(0, SHOWN);
  return (
    <section className={classes["section"]}>
      <h2>What changed</h2>
      <p className={frame["note"]}>
        By time at work itself. {same === 0 ? "" : `${formatExact(same)} operations are the same.`}
      </p>
      {telling.length === 0 ? null : (
        <table className={classes["changes"]}>
          <caption className={frame["caption"]}>Changes by operation</caption>
          <thead>
            <tr>
              <th scope="col">Operation</th>
              <th scope="col">Change</th>
              <th scope="col">Before</th>
              <th scope="col">Now</th>
              <th scope="col">Difference</th>
              <th scope="col">Spans before</th>
              <th scope="col">Spans now</th>
              <th scope="col">Failed</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <Line key={`${one.service} ${one.name}`} one={one} select={select} />
            ))}
          </tbody>
        </table>
      )}
      {telling.length > SHOWN ? (
        <button type="button" className={controls["button"]} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show the largest only" : `${telling.length - SHOWN} more`}
        </button>
      ) : null}
    </section>
  );
}

function Line({ one, select }: { readonly one: Change; readonly select: (row: number) => void }): ReactElement {
  const { before, after } = one;
  return (
    <tr>
      <th scope="row">
        <span className={frame["tick"]} style={{ background: slotVar(one.slot) }} />
        {after === undefined ? (
          one.name
        ) : (
          <button type="button" className={frame["open"]} onClick={() => select(after.example)} title="Open the longest span">
            {one.name}
          </button>
        )}{" "}
        <small>{one.service}</small>
      </th>
      <td data-word={one.word}>{one.word}</td>
      <td>{before === undefined ? "–" : formatDuration(before.self)}</td>
      <td>{after === undefined ? "–" : formatDuration(after.self)}</td>
      <td>{signed(one.deltaMs, formatDuration)}</td>
      <td>{before === undefined ? "–" : formatExact(before.count)}</td>
      <td>{after === undefined ? "–" : formatExact(after.count)}</td>
      <td data-failed={(after?.errors ?? 0) > 0}>{(after?.errors ?? 0) === 0 ? "–" : formatExact(after?.errors)}</td>
    </tr>
  );
}

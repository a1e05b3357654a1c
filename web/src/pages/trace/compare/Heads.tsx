// The head figures of both traces and their difference.
import type { ReactElement } from "react";
import { Go } from "@/components/Go";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { formatExact, formatMoney } from "@/lib/numbers";
import { signed } from "@/lib/trace/compare/changes";
import type { TraceModel } from "@/lib/trace/model";
import { formatDuration } from "@/lib/units";
import { useZone } from "@/shell/timeRange";
import classes from "./TabCompare.module.css";
import frame from "../Tab.module.css";

interface HeadsProps {
  readonly before: TraceModel;
  readonly after: TraceModel;
}

interface Line {
  readonly name: string;
  readonly of: (model: TraceModel) => number | undefined;
  readonly write: (value: number) => string;
}

const LINES: readonly Line[] = [
  { name: "Duration", of: (model) => model.durationMs, write: formatDuration },
  { name: "Spans", of: (model) => toNumber(model.outline.spanCount), write: formatExact },
  { name: "Errors", of: (model) => toNumber(model.outline.errorCount), write: formatExact },
  { name: "Model calls", of: (model) => toNumber(model.outline.usage.modelCalls), write: formatExact },
  { name: "Tool calls", of: (model) => toNumber(model.outline.usage.toolCalls), write: formatExact },
  { name: "Tokens in", of: (model) => toNumber(model.outline.usage.inputTokens), write: formatExact },
  { name: "Tokens out", of: (model) => toNumber(model.outline.usage.outputTokens), write: formatExact },
  { name: "Cost", of: (model) => model.outline.usage.costUsd, write: formatMoney },
];

/** Two columns of figures; lines that neither trace tells are left out. */
export function Heads({ before, after }: HeadsProps): ReactElement {
  const { dateTime } = useZone();
  const lines = LINES.map((line) => ({ ...line, left: line.of(before), right: line.of(after) })).filter((line) => (line.left ?? 0) !== 0 || (line.right ?? 0) !== 0);
  return (
    <table className={classes["heads"]}>
      <caption className={frame["caption"]}>Both traces</caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">
            <Go href={hrefs.trace(before.traceId)}>{before.outline.name}</Go>
            <small>{dateTime(before.originMs)}</small>
          </th>
          <th scope="col">
            {after.outline.name} <small>{dateTime(after.originMs)}, this trace</small>
          </th>
          <th scope="col">Difference</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ name, write, left, right }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{left === undefined ? "–" : write(left)}</td>
            <td>{right === undefined ? "–" : write(right)}</td>
            <td>{left === undefined || right === undefined ? "–" : signed(right - left, write)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

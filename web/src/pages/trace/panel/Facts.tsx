// The figures of a span: when, how long, how much of it was its own, and whether the trace waited for it.
import type { ReactElement, ReactNode } from "react";
import { formatPercent } from "@/lib/numbers";
import { formatOffset } from "@/lib/trace/axis";
import type { Fact } from "@/lib/trace/genai/facts";
import type { TraceModel } from "@/lib/trace/model";
import { criticalMsWithin } from "@/lib/trace/read";
import { formatDuration } from "@/lib/units";
import { useZone } from "@/shell/timeRange";
import classes from "./Facts.module.css";

/** Time of a span that the outline knows. */
export function TimeFacts({ model, row }: { readonly model: TraceModel; readonly row: number }): ReactElement {
  const { timeMs } = useZone();
  const start = model.start[row] ?? 0;
  const duration = model.duration[row] ?? 0;
  const self = model.self[row] ?? 0;
  const own = model.critical.ms[row] ?? 0;
  const within = criticalMsWithin(model, row);
  const facts: Fact[] = [
    { name: "Started", value: `${timeMs(model.originMs + start)}, ${start === 0 ? "with the trace" : `${formatOffset(start, fineStep(duration))} into the trace`}` },
    { name: "Took", value: `${formatDuration(duration)}, ${formatPercent(model.durationMs > 0 ? Math.max(0, duration) / model.durationMs : 0)} of the trace` },
    ...(Number.isNaN(self) || (model.loaded[row] ?? 0) === 0 ? [] : [{ name: "Own work", value: `${formatDuration(self)}${duration > 0 ? `, ${formatPercent(self / duration)} of the span` : ""}` }]),
    { name: "Critical path", value: within === 0 ? "not on it" : own === within ? formatDuration(own) : `${formatDuration(own)} itself, ${formatDuration(within)} with what is below` },
  ];
  return <FactList facts={facts} />;
}

/** How finely the start of a span of this length is told: a tenth of it, in round steps. */
function fineStep(durationMs: number): number {
  return 10 ** Math.floor(Math.log10(Math.max(Math.abs(durationMs) / 10, 1e-3)));
}

/** Names and values in two columns. */
export function FactList({ facts, children }: { readonly facts: readonly Fact[]; readonly children?: ReactNode }): ReactElement {
  return (
    <dl className={classes.facts}>
      {facts.map((fact) => (
        <div key={fact.name} className={classes.fact}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
      {children}
    </dl>
  );
}

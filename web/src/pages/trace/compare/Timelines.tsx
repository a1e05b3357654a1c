// Both traces as small timelines one above the other, on one scale.
import { useCallback, useState, type ReactElement } from "react";
import { CanvasPlot } from "@/charts/CanvasPlot";
import type { Area } from "@/charts/canvasAxes";
import { slotColour, type Palette } from "@/charts/usePalette";
import { ERROR, type TraceModel } from "@/lib/trace/model";
import { nameOf, slotOf, type ColourBy } from "@/lib/trace/read";
import { formatDuration } from "@/lib/units";
import classes from "./TabCompare.module.css";

const HEIGHT = 72;
const MARGINS = [2, 0, 2, 0] as const;

interface TimelinesProps {
  readonly before: TraceModel;
  readonly after: TraceModel;
  readonly colour: ColourBy;
}

/** Two timelines. */
export function Timelines({ before, after, colour }: TimelinesProps): ReactElement {
  const wholeMs = Math.max(before.durationMs, after.durationMs, 1e-6);
  return (
    <div className={classes["timelines"]}>
      <Timeline label="The other trace" model={before} wholeMs={wholeMs} colour={colour} />
      <Timeline label="This trace" model={after} wholeMs={wholeMs} colour={colour} />
    </div>
  );
}

interface TimelineProps {
  readonly label: string;
  readonly model: TraceModel;
  readonly wholeMs: number;
  readonly colour: ColourBy;
}

function Timeline({ label, model, wholeMs, colour }: TimelineProps): ReactElement {
  const [at, setAt] = useState<number>();
  const draw = useCallback((context: CanvasRenderingContext2D, area: Area, palette: Palette) => drawSpans(context, area, palette, { model, wholeMs, colour }), [model, wholeMs, colour]);
  const row = at ?? 0;
  return (
    <figure className={classes["timeline"]}>
      <figcaption>
        {label}: {formatDuration(model.durationMs)}
      </figcaption>
      <CanvasPlot
        label={`${label}, timeline`}
        height={HEIGHT}
        margins={MARGINS}
        draw={draw}
        standing={{ now: row, max: model.count - 1, text: `${nameOf(model, row)}, starts at ${formatDuration(model.start[row])}, takes ${formatDuration(model.duration[row])}` }}
        onHover={() => undefined}
        onKey={(event) => {
          const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
          if (step !== 0) setAt(Math.max(0, Math.min(model.count - 1, row + step)));
          return step !== 0;
        }}
      />
    </figure>
  );
}

function drawSpans(context: CanvasRenderingContext2D, area: Area, palette: Palette, { model, wholeMs, colour }: Omit<TimelineProps, "label">): void {
  const perRow = area.height / Math.max(1, model.count);
  const height = Math.max(1, Math.min(4, perRow * 0.8));
  const bar = (row: number, fill: string): void => {
    const x = area.left + ((model.start[row] ?? 0) / wholeMs) * area.width;
    const width = Math.max(1, (Math.max(0, model.duration[row] ?? 0) / wholeMs) * area.width);
    context.fillStyle = fill;
    context.fillRect(x, area.top + row * perRow, width, height);
  };
  for (let row = 0; row < model.count; row += 1) {
    const slot = slotOf(model, row, colour);
    bar(row, slot < 0 ? palette.tones.steady : slotColour(palette, slot));
  }
  for (const row of model.errors) if (model.status[row] === ERROR) bar(row, palette.tones.red);
}

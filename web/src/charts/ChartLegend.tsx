// The series of a chart below it: a click shows or hides one.
import { slotVar, toneVar } from "@/lib/colour";
import { seriesId, type ChartModel, type TimeSeries } from "@/lib/scaleChart";
import classes from "./ChartLegend.module.css";

interface ChartLegendProps {
  all: readonly TimeSeries[];
  model: ChartModel;
  hidden: ReadonlySet<string>;
  onHidden: (hidden: ReadonlySet<string>) => void;
}

/** A row of switches, one a series. */
export function ChartLegend({ all, model, hidden, onHidden }: ChartLegendProps) {
  const drawn = new Map(model.series.map((series) => [series.id, series]));
  const listed = all.filter((series) => drawn.has(seriesId(series)) || hidden.has(seriesId(series)));
  return (
    <ul className={classes.legend}>
      {listed.map((series) => {
        const id = seriesId(series);
        const shown = drawn.get(id);
        const colour = shown === undefined ? "var(--edge)" : shown.tone === undefined ? slotVar(shown.slot ?? 0) : toneVar(shown.tone);
        return (
          <li key={id}>
            <button
              type="button"
              className={classes.item}
              aria-pressed={shown !== undefined}
              title={shown === undefined ? `Show ${series.name}` : `Hide ${series.name}`}
              onClick={() => {
                const next = new Set(hidden);
                if (!next.delete(id)) next.add(id);
                onHidden(next);
              }}
            >
              <span className={classes.mark} style={{ background: colour }} aria-hidden />
              <span className={classes.name}>{series.name}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

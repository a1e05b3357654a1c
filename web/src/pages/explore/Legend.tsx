// The series below the chart with their figures. A click shows one alone, Ctrl and a click turn one on or off.
import { useMemo, useState } from "react";
import { SortHead } from "@/components/SortHead";
import { slotVar, toneVar } from "@/lib/colour";
import { writeLabels, type Figures } from "@/lib/promql/data";
import { plural } from "@/lib/numbers";
import { sortRows, type Sort } from "@/lib/table";
import { formatterOf } from "@/lib/units";
import { drawnIds, hiddenAfter, type ChartContent, type ChartSeries } from "./chartSeries";
import classes from "./Legend.module.css";

interface LegendProps {
  content: ChartContent;
  hidden: ReadonlySet<string>;
  onHidden: (hidden: ReadonlySet<string>) => void;
}

const MAX_LINES = 200;
const FIGURES = ["last", "min", "max", "avg"] as const;

function isFigure(key: string): key is keyof Figures {
  return FIGURES.some((name) => name === key);
}

/** The legend. */
export function Legend({ content, hidden, onHidden }: LegendProps) {
  const { series, groups, shared } = content;
  const [sort, setSort] = useState<Sort>();
  const drawn = useMemo(() => drawnIds(groups, hidden), [groups, hidden]);
  const sorted = sort === undefined ? series : sortRows(series, (one) => (isFigure(sort.key) ? one.figures[sort.key] : one.name), sort.down);
  return (
    <div className={classes.legend}>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <caption className={classes.hidden}>Series of the chart</caption>
          <thead>
            <tr>
              <SortHead name="name" sort={sort} onSort={setSort}>
                Series
              </SortHead>
              {FIGURES.map((name) => (
                <SortHead key={name} name={name} sort={sort} onSort={setSort} right>
                  {name}
                </SortHead>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MAX_LINES).map((one) => (
              <Line key={one.id} series={one} colour={one.tone === undefined ? slotVar(one.slot ?? 0) : toneVar(one.tone)} drawn={drawn.has(one.id)} shown={!hidden.has(one.id)} onClick={(toggle) => onHidden(hiddenAfter(series, hidden, one.id, toggle))} />
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        {[hidden.size > 0 ? `${plural(hidden.size, "series", "series")} hidden by a click.` : undefined, series.length > MAX_LINES ? `The first ${MAX_LINES} of ${series.length} are listed.` : undefined].filter((text) => text !== undefined).join(" ")}
        {[...shared].map(([letter, labels]) => (
          <span key={letter} className={classes.shared}>{` All of ${letter}: ${writeLabels(labels)}`}</span>
        ))}
      </p>
    </div>
  );
}

interface LineProps {
  series: ChartSeries;
  colour: string;
  drawn: boolean;
  shown: boolean;
  onClick: (toggle: boolean) => void;
}

function Line({ series, colour, drawn, shown, onClick }: LineProps) {
  const format = formatterOf(series.unit);
  return (
    <tr className={classes.line} data-shown={shown}>
      <th scope="row" className={classes.name} aria-label={series.name}>
        <button type="button" className={classes.button} aria-pressed={shown} title={`${writeLabels(series.labels)}\nClick: only this one. Ctrl and click: turn this one.`} onClick={(event) => onClick(event.ctrlKey || event.metaKey)}>
          <span className={classes.mark} data-drawn={drawn} style={{ background: drawn ? colour : "transparent", borderColor: drawn ? colour : "var(--edge)" }} aria-hidden />
          <span className={classes.text}>{series.name}</span>
        </button>
      </th>
      {FIGURES.map((name) => (
        <td key={name} className={classes.figure} title={series.figures[name] === null ? undefined : String(series.figures[name])}>
          {format(series.figures[name])}
        </td>
      ))}
    </tr>
  );
}

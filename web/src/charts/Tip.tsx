// The box beside the pointer of a chart: a head line and rows of colour, name and value. Never takes the pointer.
import classes from "./Tip.module.css";

/** One line of a tip. */
export interface TipRow {
  name: string;
  value: string;
  /** CSS colour of the mark before the name. */
  colour?: string;
  /** The one that the pointer is nearest to. */
  strong?: boolean;
}

/** What a tip says. */
export interface TipText {
  head: string;
  rows: readonly TipRow[];
  /** A quiet last line, such as what a click does. */
  foot?: string;
}

interface TipProps {
  text: TipText;
  /** Place of the pointer inside the chart, px. */
  x: number;
  y: number;
  /** Width of the chart, px: the tip turns to the other side where there is no room. */
  width: number;
}

/** A tip at a point of a chart. */
export function Tip({ text, x, y, width }: TipProps) {
  const left = x > width / 2;
  const shift = left ? "calc(-100% - 12px)" : "12px";
  return (
    <div className={classes.tip} style={{ transform: `translate(${Math.round(x)}px, ${Math.max(0, Math.round(y) - 12)}px) translateX(${shift})` }} aria-hidden>
      <div className={classes.head}>{text.head}</div>
      {text.rows.map((row, index) => (
        <div key={`${index}-${row.name}`} className={classes.row} data-strong={row.strong}>
          {row.colour === undefined ? null : <span className={classes.mark} style={{ background: row.colour }} />}
          <span className={classes.name}>{row.name}</span>
          <span className={classes.value}>{row.value}</span>
        </div>
      ))}
      {text.foot === undefined ? null : <div className={classes.foot}>{text.foot}</div>}
    </div>
  );
}

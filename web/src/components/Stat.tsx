// A figure that leads on: label, value, one line that says how it stands, and its past as a small line.
import { Go } from "@/components/Go";
import { Sparkline } from "@/charts/Sparkline";
import type { Tone } from "@/lib/colour";
import classes from "./Stat.module.css";

interface StatProps {
  label: string;
  /** Already written: `97.2%`, `3m 41s`. */
  value: string;
  /** One line below the figure: `0.6 pt below yesterday`. */
  text?: string | undefined;
  /** Its past, in order of time. */
  spark?: readonly (number | null)[] | undefined;
  /** Where the figure leads. */
  href?: string | undefined;
  /** Amber and red mean that somebody should look. */
  tone?: Tone;
}

/** A figure in a box; all of it is the link. */
export function Stat({ label, value, text, spark, href, tone = "steady" }: StatProps) {
  return (
    <div className={classes.stat} data-link={href !== undefined}>
      <div className={classes.label}>
        {href === undefined ? (
          label
        ) : (
          <Go href={href} className={classes.link}>
            {label}
          </Go>
        )}
      </div>
      <div className={classes.value} data-tone={tone}>
        {value}
      </div>
      <div className={classes.text}>{text ?? "\u00a0"}</div>
      <div className={classes.spark}>{spark === undefined ? null : <Sparkline values={spark} height={24} tone={tone} />}</div>
    </div>
  );
}

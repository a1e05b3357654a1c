// How far a limit is used: a bar that has a colour only when it is nearly full.
import type { ReactElement, ReactNode } from "react";
import { toneVar, type Tone } from "@/lib/colour";
import { formatPercent } from "@/lib/numbers";
import classes from "./Bar.module.css";

interface BarProps {
  readonly title: ReactNode;
  /** `12 of 100`. */
  readonly text: string;
  /** 0 to 1; undefined for no limit. */
  readonly share: number | undefined;
  readonly tone: Tone;
}

/** The bar with its words. */
export function Bar({ title, text, share, tone }: BarProps): ReactElement {
  return (
    <div className={classes["bar"]}>
      <span className={classes["title"]}>{title}</span>
      <span className={classes["text"]}>{text}</span>
      <span className={classes["share"]} data-tone={tone}>{share === undefined ? "" : formatPercent(share)}</span>
      <span className={classes["track"]} aria-hidden>
        {share === undefined ? null : <span className={classes["fill"]} style={{ width: `${Math.min(100, share * 100)}%`, background: toneVar(tone) }} />}
      </span>
    </div>
  );
}

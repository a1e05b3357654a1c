// How a rule stands: a shape and a word; only what somebody should look at has a colour.
import type { ReactElement } from "react";
import { standingTone, standingWord, type Standing } from "@/lib/alerting/rules";
import classes from "./StandingMark.module.css";

function Shape({ standing }: { readonly standing: Standing }): ReactElement {
  switch (standing) {
    case "firing":
      return <circle cx="6" cy="6" r="5" fill="currentColor" />;
    case "pending":
      return <path d="M6 1a5 5 0 0 1 0 10z M6 1a5 5 0 0 0 0 10" fill="none" stroke="currentColor" strokeWidth="1.8" />;
    case "failing":
      return <path d="M2 2l8 8M10 2l-8 8" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />;
    case "noData":
      return <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2.4 2.2" />;
    case "inactive":
      return <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.4" />;
    case "disabled":
      return <path d="M2 6h8" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />;
  }
}

/** Disc, half, cross, broken ring, ring, dash. */
export function StandingMark({ standing }: { readonly standing: Standing }): ReactElement {
  return (
    <span className={classes["mark"]} data-tone={standingTone(standing)}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden>
        <Shape standing={standing} />
      </svg>
      {standingWord(standing)}
    </span>
  );
}

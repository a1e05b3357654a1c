// The mark of a severity: a shape and a colour of its own, so that it reads without colour, too.
import type { ReactElement } from "react";
import type { AlertSeverity } from "@/api/schema";
import { severityMeaning } from "@/lib/alerting/severity";
import classes from "./SeverityMark.module.css";

interface SeverityMarkProps {
  readonly severity: AlertSeverity;
  /** The word beside the shape; without it screen readers hear it. */
  readonly words?: boolean;
  /** px */
  readonly size?: number;
}

const BANG = "M8 4.6v4.2M8 11.3v.1";

function Shape({ severity }: { readonly severity: AlertSeverity }): ReactElement {
  switch (severity) {
    case "critical":
      return (
        <>
          <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
          <path d={BANG} className={classes["cut"]} />
        </>
      );
    case "high":
      return (
        <>
          <path d="M8 1.2 15.4 14.4H.6z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />
          <path d="M8 5.8v4M8 12.2v.1" className={classes["cut"]} />
        </>
      );
    case "medium":
      return <path d="M8 1.4 14.6 8 8 14.6 1.4 8z" fill="currentColor" />;
    case "low":
      return <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="2.4" />;
    case "info":
      return <path d="M4.5 8h7" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />;
  }
}

/** Octagon, triangle, diamond, ring, dash: critical, high, medium, low, info. */
export function SeverityMark({ severity, words = false, size = 14 }: SeverityMarkProps): ReactElement {
  const named = words ? { "aria-hidden": true } : { role: "img", "aria-label": severity };
  return (
    <span className={classes["mark"]} data-severity={severity} title={`${severity}: ${severityMeaning(severity)}`}>
      <svg viewBox="0 0 16 16" width={size} height={size} {...named}>
        <Shape severity={severity} />
      </svg>
      {words ? <span>{severity}</span> : null}
    </span>
  );
}

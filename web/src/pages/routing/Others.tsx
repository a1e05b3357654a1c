// Alerts that make others needless, and named times.
import type { ReactElement } from "react";
import type { InhibitRule, TimeInterval } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { Panel } from "@/components/Panel";
import { plural } from "@/lib/numbers";
import classes from "./Page.module.css";

/** Inhibition. */
export function Inhibition({ rules }: { readonly rules: readonly InhibitRule[] }): ReactElement {
  return (
    <Panel title="Inhibition" subtitle="while one fires, others are not told">
      {rules.length === 0 ? <p className={layout["quiet"]}>No alert makes another needless.</p> : (
        <ul className={classes["list"]}>
          {rules.map((rule, place) => (
            <li key={place}>
              <span className={classes["inhibit"]}>
                <MatcherChips matchers={rule.source} label="While this fires" />
                <span className={layout["quiet"]}>hides</span>
                <MatcherChips matchers={rule.target} label="These are not told" />
                <span className={layout["quiet"]}>{rule.equal.length === 0 ? "" : `of the same ${rule.equal.join(", ")}`}</span>
                <span className={layout["quiet"]}>{rule.hiddenNow === 0 ? "nothing now" : `${plural(rule.hiddenNow, "alert")} now`}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Named times. */
export function Intervals({ intervals }: { readonly intervals: readonly TimeInterval[] }): ReactElement {
  return (
    <Panel title="Times">
      {intervals.length === 0 ? <p className={layout["quiet"]}>No times are named.</p> : (
        <ul className={classes["list"]}>
          {intervals.map((one) => (
            <li key={one.name}>
              <strong>{one.name}</strong> <span className={layout["quiet"]}>{one.text}</span> {one.activeNow ? <span className={classes["now"]}>now</span> : null}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

// The routes that the alert was held against, and those that took it.
import type { ReactElement } from "react";
import type { RouteStep } from "@/api/schema";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { routeName } from "@/lib/alerting/labels";
import { formatMatcher, formatMatchers, matchersOfLabels, type Labels } from "@/lib/alerting/matchers";
import { hrefs } from "@/lib/href";
import classes from "./Page.module.css";

interface WayProps {
  readonly way: readonly RouteStep[];
  readonly labels: Labels;
}

/** The way, node by node. */
export function Way({ way, labels }: WayProps): ReactElement | null {
  if (way.length === 0) return null;
  return (
    <Panel title="Way" subtitle="through the routes" actions={<Go href={hrefs.routes({ labels: formatMatchers(matchersOfLabels(labels)) })}>Who gets this?</Go>}>
      <ol className={classes["way"]}>
        {way.map((step, place) => (
          <li key={`${place} ${step.id}`} data-final={step.finalRoute || undefined} data-matched={step.matched || undefined} style={{ paddingInlineStart: step.depth * 14 }}>
            <code>{routeName(step.id)}</code>
            <span className={classes["quiet"]}>{stepText(step)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function stepText(step: RouteStep): string {
  const said = step.failed === undefined || formatMatchers([step.failed]) === routeName(step.id);
  if (!step.matched) return step.failed === undefined || said ? " does not match" : ` no: ${formatMatcher(step.failed)} does not hold`;
  if (step.finalRoute) return ` tells ${step.receivers.length === 0 ? "nobody" : step.receivers.join(", ")}`;
  return " matches, goes on below";
}

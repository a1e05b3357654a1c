// The tree of routes, a node a line: what must hold, who is told, how messages are grouped and spaced. A way may be lit.
import { Fragment, type ReactElement } from "react";
import type { Route, RouteStep } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { Go } from "@/components/Go";
import { writeDuration } from "@/lib/alerting/durations";
import { formatMatcher, formatMatchers } from "@/lib/alerting/matchers";
import { passageOf, type Passage, type RouteLine } from "@/lib/alerting/way";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import classes from "./RouteTree.module.css";

interface RouteTreeProps {
  readonly lines: readonly RouteLine[];
  /** Steps by the node's key; absent while nothing is tested. */
  readonly way: ReadonlyMap<string, RouteStep> | undefined;
}

const INDENT_PX = 22;

/** The tree as a table: the indent says what lies below what. */
export function RouteTree({ lines, way }: RouteTreeProps): ReactElement {
  return (
    <table className={classes["tree"]}>
      <caption className={classes["caption"]}>Routes; the level says what lies below what</caption>
      <thead>
        <tr>
          <th scope="col">Matches</th>
          <th scope="col">Told</th>
          <th scope="col">One message for each</th>
          <th scope="col">
            <abbr title="wait before the first message, between messages about changes, before a repeat">Waits</abbr>
          </th>
          <th scope="col">Now</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Line key={line.key} line={line} step={way?.get(line.key)} lit={way !== undefined} />
        ))}
      </tbody>
    </table>
  );
}

function Line({ line, step, lit }: { readonly line: RouteLine; readonly step: RouteStep | undefined; readonly lit: boolean }): ReactElement {
  const { route, depth } = line;
  const passage = passageOf(step);
  return (
    <tr data-passage={lit ? passage : undefined}>
      <th scope="row" style={{ paddingLeft: 10 + depth * INDENT_PX }}>
        <span className={classes["node"]}>
          {depth > 0 ? <span className={classes["branch"]} aria-hidden>└</span> : null}
          <span className={classes["hidden"]}>{`level ${depth}: `}</span>
          {route.name === undefined ? null : <strong>{route.name}</strong>}
          <MatcherChips matchers={route.matchers} label={`Matchers of ${route.id}`} none={depth === 0 ? "every alert" : "all that come here"} />
          {route.continues ? <span className={layout["word"]} title="The routes behind it are tried too">and on</span> : null}
        </span>
        {lit ? <Became passage={passage} step={step} muted={route.mutedNow} /> : null}
      </th>
      <td>{route.receivers.length === 0 ? <span className={layout["quiet"]}>nobody</span> : <Told receivers={route.receivers} />}</td>
      <td>{groupText(route)}</td>
      <td className={layout["nowrap"]}>{`${writeDuration(route.groupWaitMs)} · ${writeDuration(route.groupIntervalMs)} · ${writeDuration(route.repeatIntervalMs)}`}</td>
      <td>
        <Now route={route} />
      </td>
    </tr>
  );
}

function Told({ receivers }: { readonly receivers: readonly string[] }): ReactElement {
  return (
    <>
      {receivers.map((name, place) => (
        <Fragment key={name}>
          {place > 0 ? ", " : ""}
          <Go href={hrefs.deliveries({ receiver: name })} title={`Messages to ${name}`}>{name}</Go>
        </Fragment>
      ))}
    </>
  );
}

/** What became of the alert here, in words besides the colour. */
function Became({ passage, step, muted }: { readonly passage: Passage; readonly step: RouteStep | undefined; readonly muted: boolean }): ReactElement {
  if (passage === "unseen") return <span className={classes["became"]}>not looked at</span>;
  if (passage === "fails") return <span className={classes["became"]}>{step?.failed === undefined ? "does not match" : `no: ${formatMatcher(step.failed)} does not hold`}</span>;
  return <span className={classes["became"]}>{passage === "decides" ? (muted ? "takes it, but is mute now" : "takes it") : "matches, goes on below"}</span>;
}

function groupText(route: Route): string {
  if (route.groupBy.length === 0) return "all in one";
  return route.groupBy.includes("...") ? "alert" : route.groupBy.join(", ");
}

/** Muted, and what fires. */
function Now({ route }: { readonly route: Route }): ReactElement {
  const times = [...route.muteTimeIntervals.map((name) => `not in ${name}`), ...route.activeTimeIntervals.map((name) => `only in ${name}`)];
  return (
    <span className={classes["now"]}>
      {route.firing > 0 ? <Go href={hrefs.alerts({ state: "firing", ...(route.matchers.length === 0 ? {} : { q: formatMatchers(route.matchers) }) })}>{plural(route.firing, "alert")}</Go> : <span className={layout["quiet"]}>quiet</span>}
      {times.length === 0 ? null : <span className={layout["word"]} data-tone={route.mutedNow ? "amber" : "steady"}>{`${route.mutedNow ? "muted now: " : ""}${times.join(", ")}`}</span>}
    </span>
  );
}

// The tree of routes as lines, and the way of an alert through it. Pure.
import type { Route, RouteStep } from "@/api/schema";

/** A node of the tree as a line. */
export interface RouteLine {
  /** Places of the nodes on the way to it: `0/2/1`. Tells nodes of one name apart. */
  readonly key: string;
  readonly depth: number;
  readonly route: Route;
}

/** All nodes, each before those below it, in the order in which alerts are held against them. */
export function routeLines(root: Route): readonly RouteLine[] {
  const lines: RouteLine[] = [];
  const add = (route: Route, depth: number, key: string): void => {
    lines.push({ key, depth, route });
    route.routes.forEach((below, place) => add(below, depth + 1, `${key}/${place}`));
  };
  add(root, 0, "0");
  return lines;
}

/** What became of an alert at each node that it was held against, by the node's key. Nodes may share an id. */
export function wayThrough(lines: readonly RouteLine[], steps: readonly RouteStep[]): ReadonlyMap<string, RouteStep> {
  const way = new Map<string, RouteStep>();
  let from = 0;
  for (const step of steps) {
    const at = lines.findIndex((line, place) => place >= from && line.route.id === step.id && line.depth === step.depth);
    const line = lines[at];
    if (line === undefined) continue;
    way.set(line.key, step);
    from = at + 1;
  }
  return way;
}

/** `decides`: its receivers are told; `passes`: it matches, and one below decides; `fails`; `unseen`: not even looked at. */
export type Passage = "decides" | "passes" | "fails" | "unseen";

/** What became of an alert at a node. */
export function passageOf(step: RouteStep | undefined): Passage {
  if (step === undefined) return "unseen";
  if (!step.matched) return "fails";
  return step.finalRoute ? "decides" : "passes";
}

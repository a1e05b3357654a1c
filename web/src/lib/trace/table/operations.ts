// The spans of a trace by operation: how many, how long, how much of it themselves, what failed.
import { ERROR, type TraceModel } from "../model";

/** All spans of one name and service. Durations in milliseconds. */
export interface Operation {
  readonly name: string;
  readonly service: string;
  readonly slot: number;
  readonly count: number;
  readonly errors: number;
  /** Sum of durations: more than the trace took where work ran in parallel. */
  readonly total: number;
  /** Sum of the time at work itself. */
  readonly self: number;
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
  /** Milliseconds of the critical path. */
  readonly critical: number;
  /** Row of the longest span. */
  readonly example: number;
}

interface Gathered {
  readonly service: number;
  readonly name: number;
  readonly durations: number[];
  errors: number;
  self: number;
  critical: number;
  example: number;
}

/** The operations of a trace, or of the subtree of `root`; those that cost the most themselves first. */
export function operationsOf(model: TraceModel, root = -1): Operation[] {
  const groups = new Map<number, Gathered>();
  const from = Math.max(0, root);
  const to = root < 0 ? model.count : (model.after[root] ?? model.count);
  for (let row = from; row < to; row += 1) {
    const service = model.service[row] ?? 0;
    const name = model.name[row] ?? 0;
    const key = service * 1_000_003 + name;
    const group = groups.get(key) ?? { service, name, durations: [], errors: 0, self: 0, critical: 0, example: row };
    const duration = Math.max(0, model.duration[row] ?? 0);
    const self = model.self[row] ?? 0;
    group.durations.push(duration);
    group.errors += model.status[row] === ERROR ? 1 : 0;
    group.self += Number.isNaN(self) ? 0 : self;
    group.critical += model.critical.ms[row] ?? 0;
    if (duration > (model.duration[group.example] ?? 0)) group.example = row;
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => finished(model, group)).toSorted((a, b) => b.self - a.self || b.count - a.count);
}

function finished(model: TraceModel, group: Gathered): Operation {
  const sorted = Float64Array.from(group.durations).sort();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const service = model.services[group.service];
  return {
    name: model.names[group.name] ?? "",
    service: service?.name ?? "",
    slot: service?.slot ?? 0,
    count: sorted.length,
    errors: group.errors,
    total,
    self: group.self,
    mean: total / Math.max(1, sorted.length),
    p95: sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0,
    max: sorted.at(-1) ?? 0,
    critical: group.critical,
    example: group.example,
  };
}

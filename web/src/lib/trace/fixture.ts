// Small traces for unit tests: outlines written as indented lists.
import type { OutlineParty, TraceOutline } from "@/api/schema";

/** A span of a fixture: times in milliseconds, children below it. */
export interface FixtureSpan {
  readonly name: string;
  readonly at?: number;
  readonly ms?: number;
  readonly service?: string;
  readonly agent?: string;
  readonly status?: number;
  readonly kind?: number;
  readonly role?: number;
  readonly detail?: string;
  readonly id?: string;
  /** Children in the whole trace, where more than stand here. */
  readonly children?: number;
  readonly below?: number;
  readonly events?: number;
  readonly orphan?: boolean;
  readonly spans?: readonly FixtureSpan[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** The outline that the server would give for these spans. `critical`: row, from, to. */
export function outlineOf(roots: readonly FixtureSpan[], critical: readonly (readonly [number, number, number])[] = []): TraceOutline {
  const spans: Mutable<TraceOutline["spans"]> = {
    id: [], parent: [], startMs: [], durationMs: [], name: [], service: [], agent: [], kind: [], status: [],
    events: [], children: [], below: [], errorsBelow: [], role: [], detail: [],
  };
  const names: string[] = [];
  const services: string[] = [];
  const agents: string[] = [];
  const place = (list: string[], text: string): number => (list.includes(text) ? list.indexOf(text) : list.push(text) - 1);
  const add = (span: FixtureSpan, parent: number): { below: number; errors: number } => {
    const row = spans.id.length;
    spans.id.push(span.id ?? String(row + 1).padStart(16, "0"));
    spans.parent.push(span.orphan === true ? -2 : parent);
    spans.startMs.push(span.at ?? 0);
    spans.durationMs.push(span.ms ?? 1);
    spans.name.push(place(names, span.name));
    spans.service.push(place(services, span.service ?? "svc"));
    spans.agent.push(span.agent === undefined ? -1 : place(agents, span.agent));
    spans.kind.push(span.kind ?? 1);
    spans.status.push(span.status ?? 0);
    spans.events.push(span.events ?? 0);
    spans.role.push(span.role ?? 0);
    spans.detail.push(span.detail ?? "");
    spans.children.push(span.children ?? span.spans?.length ?? 0);
    spans.below.push(0);
    spans.errorsBelow.push(0);
    let below = 0;
    let errors = 0;
    for (const child of span.spans ?? []) {
      const found = add(child, row);
      below += 1 + found.below;
      errors += found.errors;
    }
    spans.below[row] = span.below ?? below;
    spans.errorsBelow[row] = errors;
    return { below: spans.below[row] ?? 0, errors: errors + (span.status === 2 ? 1 : 0) };
  };
  for (const root of roots) add(root, -1);
  const ends = spans.startMs.map((start, row) => start + (spans.durationMs[row] ?? 0));
  const party = (name: string, slot: number): OutlineParty => ({ name, slot, spanCount: 1, errorCount: 0, usage: {} });
  return {
    traceId: "0123456789abcdef0123456789abcdef",
    startTime: "2026-11-20T12:00:00.000000000Z",
    endTime: "2026-11-20T12:10:00.000000000Z",
    durationMs: Math.max(...ends),
    status: spans.status.includes(2) ? "ERROR" : "OK",
    name: names[0] ?? "",
    service: services[0] ?? "",
    complete: true,
    spanCount: spans.id.length,
    errorCount: spans.status.filter((status) => status === 2).length,
    services: services.map(party),
    agents: agents.map(party),
    usage: {},
    names,
    spans,
    criticalPath: critical.map(([span, startMs, endMs]) => ({ span, startMs, endMs })),
    cut: false,
  };
}

/** A large trace: a root, `tasks` below it, steps below those, up to `count` spans. */
export function largeOutline(count: number, tasks = 200): TraceOutline {
  const perTask = Math.max(1, Math.floor((count - 1) / tasks));
  const roots: FixtureSpan[] = [];
  let left = count - 1;
  for (let task = 0; task < tasks && left > 0; task += 1) {
    const size = task === tasks - 1 ? left : Math.min(left, perTask);
    const steps: FixtureSpan[] = [];
    for (let step = 0; step < size - 1; step += 1) steps.push({ name: step % 3 === 0 ? "llm_call" : "tool", at: task * 100 + step * 0.3, ms: 0.2, status: (task * 31 + step) % 997 === 0 ? 2 : 0 });
    roots.push({ name: `task ${task}`, at: task * 100, ms: 90, agent: `agent-${task % 7}`, spans: steps });
    left -= size;
  }
  return outlineOf([{ name: "run", at: 0, ms: tasks * 100, spans: roots }], [[0, 0, tasks * 100]]);
}

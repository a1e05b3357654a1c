// Lines of the services page: sorting, sums, and where every figure leads. Pure.
import type { Red, Service, ServiceOperation } from "@/api/schema";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { formatCount, formatExact, formatPercent, plural } from "@/lib/numbers";
import { sortRows, type Sort, type SortValue } from "@/lib/table";
import { anyOf } from "@/lib/traces/conditions";
import { durationText, fieldOf, quote } from "@/lib/traces/literal";

/** Entry spans as TraceQL: what rate, errors and duration of a service count. */
const ENTRIES = "{ parent = nil || kind = server || kind = consumer }";

/** What a line leads to. */
export interface Leads {
  /** All its traces. */
  readonly traces: string;
  /** The failed ones. */
  readonly failed: string;
  /** Those that took at least so many milliseconds, the slowest first. */
  slower(ms: number): string;
}

function leads(params: { readonly service: string; readonly name?: string; readonly q?: string }): Leads {
  return {
    traces: hrefs.traces(params),
    failed: hrefs.traces({ ...params, status: "error" }),
    slower: (ms) => hrefs.traces({ ...params, min: durationText(ms), sort: "-duration" }),
  };
}

/** Where the figures of a service lead: to the spans that they count. */
export function leadsOfService({ name, entriesOnly }: Service): Leads {
  return leads(entriesOnly ? { service: name, q: ENTRIES } : { service: name });
}

/** Where the figures of an operation lead. */
export function leadsOfOperation(service: string, { name, kind }: ServiceOperation): Leads {
  return leads({ service, name, q: `{ kind = ${kind.toLowerCase()} }` });
}

/** A service's error logs. */
export function errorLogsHref(service: string): string {
  return hrefs.logs({ service, severity: "ERROR" });
}

type Value<T> = (row: T) => SortValue;

function redValues<T extends { readonly red: Red }>(): Readonly<Record<string, Value<T>>> {
  return {
    rate: ({ red }) => red.perMinute,
    errors: ({ red }) => red.errorRate,
    p50: ({ red }) => red.latency.p50,
    p95: ({ red }) => red.latency.p95,
    p99: ({ red }) => red.latency.p99,
  };
}

const SERVICE_VALUES: Readonly<Record<string, Value<Service>>> = {
  ...redValues<Service>(),
  name: ({ name }) => name,
  spans: ({ spanCount }) => toNumber(spanCount),
  logs: ({ errorLogs }) => toNumber(errorLogs),
  seen: ({ lastSeen }) => Date.parse(lastSeen),
};

const OPERATION_VALUES: Readonly<Record<string, Value<ServiceOperation>>> = {
  ...redValues<ServiceOperation>(),
  name: ({ name }) => name,
  spans: ({ red }) => toNumber(red.count),
};

/** The services whose names have `find` in them, sorted. */
export function servicesOf(services: readonly Service[], find: string, sort: Sort): readonly Service[] {
  const part = find.trim().toLowerCase();
  const found = part === "" ? services : services.filter(({ name }) => name.toLowerCase().includes(part));
  const value = SERVICE_VALUES[sort.key];
  return value === undefined ? found : sortRows(found, value, sort.down);
}

/** The operations in the order of the services; by rate where that column is none of theirs. */
export function operationsOf(operations: readonly ServiceOperation[], sort: Sort): readonly ServiceOperation[] {
  const value = OPERATION_VALUES[sort.key];
  return value === undefined ? sortRows(operations, ({ red }) => red.perMinute, true) : sortRows(operations, value, sort.down);
}

/** `12 services, 1.2k requests a minute, 2.5% failing, 30.5k spans, 129 error logs` */
export function totalsLine(services: readonly Service[], more: boolean): string {
  const sum = (value: (service: Service) => number): number => services.reduce((total, service) => total + value(service), 0);
  const count = sum(({ red }) => toNumber(red.count));
  const failed = sum(({ red }) => toNumber(red.errorCount));
  const logs = sum(({ errorLogs }) => toNumber(errorLogs));
  return [
    `${more ? "busiest " : ""}${plural(services.length, "service")}`,
    `${formatCount(sum(({ red }) => red.perMinute))} requests a minute`,
    failed === 0 ? "none failing" : `${formatPercent(failed / Math.max(1, count))} failing`,
    `${formatCount(sum(({ spanCount }) => toNumber(spanCount)))} spans`,
    ...(logs === 0 ? [] : [`${formatExact(logs)} error ${logs === 1 ? "log" : "logs"}`]),
  ].join(", ");
}

/** Requests a minute in little room. */
export function perMinute(value: number): string {
  return value > 0 && value < 0.01 ? "<0.01" : formatCount(Number(value.toPrecision(3)));
}

/** Attributes that may hold the name of a node of the map, by its kind. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  agent: ["agent.type", "gen_ai.agent.name", "agent.name", "agent.id", "agent"],
  model: ["gen_ai.request.model", "gen_ai.response.model", "agent.model"],
  tool: ["gen_ai.tool.name", "tool_name", "tool.name"],
  database: ["db.system.name", "db.system", "db.namespace", "db.name", "server.address", "peer.service"],
  queue: ["messaging.destination.name", "messaging.system", "server.address", "peer.service"],
  external: ["peer.service", "server.address", "net.peer.name", "http.host", "url.full"],
};

/** The traces that a node of the map, or an agent of the overview, stands for; only those with a status if one is given. */
export function nodeHref({ kind, name, status }: { readonly kind: string; readonly name: string; readonly status?: "error" }): string {
  const keys = NAMED_BY[kind];
  if (keys === undefined) return hrefs.traces({ service: name, status });
  const parts = keys.map((key) => anyOf(fieldOf(key), [quote(name)]));
  return hrefs.traces({ q: `{ ${parts.join(" || ")} }`, status });
}

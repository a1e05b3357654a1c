// Metrics of the shop: a counter, a gauge and a histogram with exemplars, every 15 seconds for three hours.
import { HISTORY_MS, NOW } from "./constants";
import { attributes, nanos, resource, type Attributes } from "./otlp";
import type { Random } from "./random";
import type { Mention } from "./traffic";

const STEP = 15_000;
const STEPS = HISTORY_MS / STEP;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;
const SERVICES = ["gateway", "checkout", "payments", "inventory", "search"] as const;

interface Totals {
  readonly buckets: number[];
  sum: number;
  count: number;
  ok: number;
  failed: number;
}

/** Bodies of requests in order of time, each with 120 steps. */
export function* metrics(random: Random, mentions: readonly Mention[]): Generator<object> {
  const totals = new Map<string, Totals>();
  for (const service of SERVICES) totals.set(service, { buckets: BOUNDS.map(() => 0).concat(0), sum: 0, count: 0, ok: 0, failed: 0 });
  for (let first = 0; first <= STEPS; first += 120) {
    const resourceMetrics = SERVICES.map((service) => {
      const total = totals.get(service);
      const points: Points = { duration: [], requests: [], depth: [] };
      for (let step = first; step < Math.min(first + 120, STEPS + 1); step += 1) {
        if (total !== undefined) addStep(random, service, NOW - HISTORY_MS + step * STEP, total, points, mentions);
      }
      return { resource: resource(service, { "service.instance.id": `${service}-0` }), scopeMetrics: [scope(points)] };
    });
    yield { resourceMetrics };
  }
}

interface Points {
  readonly duration: object[];
  readonly requests: object[];
  readonly depth: object[];
}

function scope(points: Points): object {
  const temporality = 2;
  return {
    scope: { name: "seed" },
    metrics: [
      {
        name: "http.server.request.duration", unit: "s", description: "How long requests took.",
        histogram: { aggregationTemporality: temporality, dataPoints: points.duration },
      },
      {
        name: "http.server.requests", unit: "", description: "Requests that were answered.",
        sum: { aggregationTemporality: temporality, isMonotonic: true, dataPoints: points.requests },
      },
      { name: "queue.depth", unit: "", description: "Requests that wait.", gauge: { dataPoints: points.depth } },
    ],
  };
}

/** How long requests of a service take, in seconds, at a time. */
function middle(service: string, at: number): number {
  if (service === "search") return at > NOW - 600_000 ? 0.9 : 0.035;
  if (service === "payments") return 0.06;
  return service === "gateway" ? 0.045 : 0.01;
}

/** Adds what happened in one step, and the points that tell of it. */
function addStep(random: Random, service: string, at: number, total: Totals, points: Points, mentions: readonly Mention[]): void {
  const rate = 20 + Math.round(8 * Math.sin(at / 1_500_000) + random.between(-3, 3));
  const failing = service === "payments" && at > NOW - 1_500_000 && at < NOW - 240_000 ? 0.9 : 0.002;
  for (let index = 0; index < rate; index += 1) {
    const seconds = random.duration(middle(service, at) * 1_000) / 1_000;
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
    const place = bucket < 0 ? BOUNDS.length : bucket;
    total.buckets[place] = (total.buckets[place] ?? 0) + 1;
    total.sum += seconds;
    total.count += 1;
    if (random.chance(failing)) total.failed += 1;
    else total.ok += 1;
  }
  const common = { startTimeUnixNano: nanos(NOW - HISTORY_MS - STEP), timeUnixNano: nanos(at) };
  const mention = mentions[Math.floor(((at - NOW + HISTORY_MS) / HISTORY_MS) * (mentions.length - 1))];
  const exemplars = mention === undefined || random.chance(0.7) ? [] : [
    { timeUnixNano: nanos(Math.min(at, mention.startMs)), asDouble: middle(service, at), traceId: mention.traceId, spanId: mention.spanId },
  ];
  points.duration.push({
    ...common, count: String(total.count), sum: total.sum, explicitBounds: BOUNDS,
    bucketCounts: total.buckets.map(String), attributes: attributes({ "http.route": "/" }), exemplars,
  });
  const request = (status: number, count: number): object => ({
    ...common, asInt: String(count), attributes: attributes({ "http.response.status_code": status } satisfies Attributes),
  });
  points.requests.push(request(200, total.ok), request(502, total.failed));
  points.depth.push({ ...common, asDouble: Math.max(0, Math.round(random.between(0, 6) + (service === "search" && at > NOW - 600_000 ? 30 : 0))) });
}

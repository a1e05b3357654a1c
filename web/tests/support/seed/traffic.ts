// The ordinary traffic of a small shop: what is steady, what fails, what has become slow, what went silent.
import { FAILING, HISTORY_MS, NOW } from "./constants";
import type { SeedRecord, SeedSpan } from "./otlp";
import type { Random } from "./random";

const MINUTE = 60_000;
const TRACES = 2_400;

/** Spans and records by service. */
export interface Made {
  readonly spans: Map<string, SeedSpan[]>;
  readonly records: Map<string, SeedRecord[]>;
}

/** A trace that records can be about. */
export interface Mention {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly startMs: number;
}

/** Adds to a list of a map. */
export function push<T>(map: Map<string, T[]>, key: string, one: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [one]);
  else list.push(one);
}

const ROUTES = ["GET /items/{id}", "GET /search", "POST /checkout", "GET /cart", "GET /account"] as const;

/** The traces of the ordinary traffic, and some of them to be mentioned by log records. */
export function traffic(random: Random, into: Made): Mention[] {
  const mentions: Mention[] = [];
  for (let index = 0; index < TRACES; index += 1) {
    const at = NOW - HISTORY_MS + ((index + random.next()) / TRACES) * HISTORY_MS;
    mentions.push(oneTrace(random, into, Math.min(at, NOW - 3_000)));
  }
  return mentions;
}

interface Call {
  readonly service: string;
  readonly name: string;
  readonly middleMs: number;
  readonly error?: string;
}

function callsOf(random: Random, route: string, at: number): Call[] {
  if (route === "POST /checkout") {
    const failing = at > NOW - 25 * MINUTE && at < FAILING.startMs - 15_000 && random.chance(0.9);
    const payment: Call = { service: "payments", name: "POST /charge", middleMs: failing ? 180 : 60 };
    const calls: Call[] = [
      { service: "checkout", name: "POST /orders", middleMs: 40 },
      failing ? { ...payment, error: "card network: 503" } : payment,
    ];
    if (at < NOW - 25 * MINUTE) calls.push({ service: "mailer", name: "send receipt", middleMs: 25 });
    return calls;
  }
  if (route === "GET /search") {
    const slow = at > NOW - 10 * MINUTE;
    return [{ service: "search", name: "GET /query", middleMs: slow ? 900 : 35 }];
  }
  return [{ service: "inventory", name: "GET /stock", middleMs: 8 }];
}

function oneTrace(random: Random, into: Made, at: number): Mention {
  const traceId = random.hex(32);
  const root = random.hex(16);
  const route = random.pick(ROUTES);
  const calls = callsOf(random, route, at);
  let clock = at + random.between(0.3, 2);
  for (const call of calls) {
    const duration = random.duration(call.middleMs);
    clock += outgoing(random, into, { traceId, parent: root, call, at: clock, duration }) + random.between(0.1, 1);
  }
  const failed = calls.find((call) => call.error !== undefined);
  push(into.spans, "gateway", {
    traceId, spanId: root, name: route, kind: 2, startMs: at, endMs: clock + random.between(0.2, 1),
    attributes: {
      "http.request.method": route.split(" ")[0] ?? "GET",
      "http.route": route.split(" ")[1] ?? "/",
      "http.response.status_code": failed === undefined ? 200 : 502,
      "deployment.environment.name": "production",
    },
    ...(failed === undefined ? {} : { error: "upstream failed" }),
  });
  return { traceId, spanId: root, service: "gateway", startMs: at };
}

interface Outgoing {
  readonly traceId: string;
  readonly parent: string;
  readonly call: Call;
  readonly at: number;
  readonly duration: number;
}

/** A client span with the server span that it reached; how long it took. */
function outgoing(random: Random, into: Made, { traceId, parent, call, at, duration }: Outgoing): number {
  const client = random.hex(16);
  const wait = random.between(0.1, 0.8);
  const error = call.error === undefined ? {} : { error: call.error };
  push(into.spans, "gateway", {
    traceId, spanId: client, parent, name: call.name, kind: 3, startMs: at, endMs: at + duration + 2 * wait,
    attributes: { "server.address": `${call.service}.internal`, "http.request.method": call.name.split(" ")[0] ?? "" },
    ...error,
  });
  push(into.spans, call.service, {
    traceId, spanId: random.hex(16), parent: client, name: call.name, kind: 2,
    startMs: at + wait, endMs: at + wait + duration,
    attributes: { "deployment.environment.name": "production", "thread.id": random.below(16) },
    ...error,
  });
  return duration + 2 * wait;
}

// Shapes of OTLP/JSON, as far as the seeded data need them, made from plain values.

/** A value of an attribute. */
export type Plain = string | number | boolean | readonly string[];

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Plain>>;

/** A span to be sent. Times in milliseconds since 1970, fractions allowed. */
export interface SeedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly name: string;
  /** As in OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind?: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes?: Attributes;
  readonly error?: string;
  readonly events?: readonly { readonly name: string; readonly atMs: number; readonly attributes: Attributes }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A log record to be sent. */
export interface SeedRecord {
  readonly atMs: number;
  readonly severity: 1 | 5 | 9 | 13 | 17 | 21;
  readonly body: string;
  readonly attributes?: Attributes;
  readonly traceId?: string;
  readonly spanId?: string;
}

const SEVERITIES: Readonly<Record<number, string>> = {
  1: "TRACE", 5: "DEBUG", 9: "INFO", 13: "WARN", 17: "ERROR", 21: "FATAL",
};

/** Nanoseconds as OTLP/JSON writes them. */
export function nanos(ms: number): string {
  const whole = Math.floor(ms);
  const rest = Math.round((ms - whole) * 1e6);
  return String(BigInt(whole) * 1_000_000n + BigInt(rest));
}

/** A value as OTLP/JSON writes it. */
function value(plain: Plain): object {
  if (typeof plain === "string") return { stringValue: plain };
  if (typeof plain === "boolean") return { boolValue: plain };
  if (typeof plain === "number") return Number.isInteger(plain) ? { intValue: String(plain) } : { doubleValue: plain };
  return { arrayValue: { values: plain.map(value) } };
}

/** Attributes as OTLP/JSON writes them. */
export function attributes(all: Attributes): object[] {
  return Object.entries(all).map(([key, plain]) => ({ key, value: value(plain) }));
}

/** The attributes of a service's resource. */
export function resource(service: string, more: Attributes = {}): object {
  return { attributes: attributes({ "service.name": service, "service.version": "1.4.2", ...more }) };
}

/** A span as OTLP/JSON writes it. */
function span(one: SeedSpan): object {
  return {
    traceId: one.traceId,
    spanId: one.spanId,
    ...(one.parent === undefined ? {} : { parentSpanId: one.parent }),
    name: one.name,
    kind: one.kind ?? 1,
    startTimeUnixNano: nanos(one.startMs),
    endTimeUnixNano: nanos(one.endMs),
    ...(one.attributes === undefined ? {} : { attributes: attributes(one.attributes) }),
    ...(one.error === undefined ? {} : { status: { code: 2, message: one.error } }),
    ...(one.events === undefined
      ? {}
      : {
          events: one.events.map((event) => ({
            name: event.name,
            timeUnixNano: nanos(event.atMs),
            attributes: attributes(event.attributes),
          })),
        }),
    ...(one.links === undefined ? {} : { links: one.links }),
  };
}

function record(one: SeedRecord): object {
  return {
    timeUnixNano: nanos(one.atMs),
    severityNumber: one.severity,
    severityText: SEVERITIES[one.severity] ?? "",
    body: { stringValue: one.body },
    ...(one.attributes === undefined ? {} : { attributes: attributes(one.attributes) }),
    ...(one.traceId === undefined ? {} : { traceId: one.traceId, spanId: one.spanId ?? "" }),
  };
}

/** The body of a request with spans, by service. */
export function spansBody(byService: ReadonlyMap<string, readonly SeedSpan[]>): object {
  const resourceSpans = [...byService].map(([service, spans]) => ({
    resource: resource(service),
    scopeSpans: [{ scope: { name: "seed", version: "1.0.0" }, spans: spans.map(span) }],
  }));
  return { resourceSpans };
}

/** The body of a request with log records, by service. */
export function logsBody(byService: ReadonlyMap<string, readonly SeedRecord[]>): object {
  const resourceLogs = [...byService].map(([service, records]) => ({
    resource: resource(service),
    scopeLogs: [{ scope: { name: "seed" }, logRecords: records.map(record) }],
  }));
  return { resourceLogs };
}

/** Sends a body, and fails unless all of it was taken. */
export async function send(otlpHttp: string, signal: "traces" | "logs" | "metrics", body: object): Promise<void> {
  const response = await fetch(`${otlpHttp}/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok || /rejected/i.test(text)) {
    throw new Error(`${signal} were not taken: ${response.status} ${text.slice(0, 500)}`);
  }
}

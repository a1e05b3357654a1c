// Traces with fixed ids: the one that failed, strange names and values, and the large ones.
import { FAILING, STRANGE } from "./constants";
import type { SeedSpan } from "./otlp";
import { Random } from "./random";
import { push, type Made } from "./traffic";

const STACK = `CardNetworkTimeout: the card network did not answer within 2 s
    at CardNetwork.charge (/srv/payments/src/network.ts:118:13)
    at async charge (/srv/payments/src/charge.ts:42:20)
    at async handle (/srv/payments/src/server.ts:77:5)
    at async node:internal/process/task_queues:105:5
Caused by: Error: read ETIMEDOUT
    at TLSWrap.onStreamRead (node:internal/stream_base_commons:216:20)`;

/** The failing request: gateway, checkout, payments, and the card network that does not answer. */
export function failing(into: Made): void {
  const { traceId, startMs } = FAILING;
  const id = (n: number): string => `fa110000000000${String(n).padStart(2, "0")}`;
  const upstream = "upstream failed";
  push(into.spans, "gateway", {
    traceId, spanId: id(1), name: "POST /checkout", kind: 2, startMs, endMs: startMs + 2_140, error: upstream,
    attributes: { "http.route": "/checkout", "http.response.status_code": 502, "user.id": "u-1017" },
  });
  push(into.spans, "checkout", {
    traceId, spanId: id(2), parent: id(1), name: "POST /orders", kind: 2, startMs: startMs + 6, endMs: startMs + 2_130, error: upstream,
    attributes: { "order.id": "o-99312", "order.total": 129.5 },
  });
  push(into.spans, "checkout", {
    traceId, spanId: id(3), parent: id(2), name: "reserve stock", startMs: startMs + 9, endMs: startMs + 31,
  });
  push(into.spans, "payments", {
    traceId, spanId: id(4), parent: id(2), name: "POST /charge", kind: 2, startMs: startMs + 35, endMs: startMs + 2_120,
    error: FAILING.logLine,
    attributes: { "payment.id": "p-4711", "error.type": FAILING.exception, "server.address": "cards.example.net" },
    events: [
      {
        name: "exception", atMs: startMs + 2_110,
        attributes: {
          "exception.type": FAILING.exception,
          "exception.message": "the card network did not answer within 2 s",
          "exception.stacktrace": STACK,
        },
      },
    ],
  });
  push(into.spans, "payments", {
    traceId, spanId: id(5), parent: id(4), name: "CardNetwork.charge", kind: 3, startMs: startMs + 60, endMs: startMs + 2_105,
    error: "deadline exceeded",
    attributes: { "rpc.system": "grpc", "rpc.response.status_code": "DEADLINE_EXCEEDED" },
  });
  push(into.records, "payments", {
    atMs: startMs + 2_112, severity: 17, body: FAILING.logLine, traceId, spanId: id(4),
    attributes: { "exception.type": FAILING.exception, "exception.stacktrace": STACK, "payment.id": "p-4711" },
  });
  push(into.records, "checkout", {
    atMs: startMs + 2_125, severity: 13, body: "order o-99312 was not placed: payment failed", traceId, spanId: id(2),
  });
}

/** Names and values that break careless pages. */
export function strange(into: Made): void {
  const { traceId, startMs, service } = STRANGE;
  const id = (n: number): string => `57a960000000000${n}`;
  const at = (n: number): { startMs: number; endMs: number } => ({ startMs: startMs + n * 10, endMs: startMs + n * 10 + 60 });
  const names = [
    "‮desrever‬ مرحبا بالعالم",
    "🧨 <script>alert(1)</script> \"quoted\" 'single'",
    "control\u0000\u0007\u001b[31mred\u001b[0m\ttab\nline",
    "x".repeat(2_000),
    " ",
  ];
  push(into.spans, service, { traceId, spanId: id(1), name: "strange names", startMs, endMs: startMs + 200 });
  push(into.spans, service, {
    traceId, spanId: id(2), parent: id(1), name: "large values", ...at(1),
    attributes: {
      "db.query.text": `SELECT ${Array.from({ length: 700 }, (_, index) => `column_${index}`).join(", ")} FROM t`,
      "large.json": JSON.stringify(Array.from({ length: 900 }, (_, index) => ({ index, text: `value ${index}` }))),
      "large.base64": "iVBORw0KGgo".repeat(12_000),
      "html": "<img src=x onerror=alert(1)>",
      "empty": "",
      [`key.${"k".repeat(300)}`]: "long key",
    },
  });
  names.forEach((name, index) => {
    const attributes = { [name]: name };
    push(into.spans, service, { traceId, spanId: id(index + 3), parent: id(2), name, ...at(index + 2), attributes });
  });
  for (const [index, name] of names.entries()) {
    push(into.records, service, {
      atMs: startMs + index, severity: 9, body: `${name} in a line`, attributes: { [name]: name }, traceId, spanId: id(1),
    });
  }
}

/** Id, size and time of a large trace. */
interface Large {
  readonly traceId: string;
  readonly spans: number;
  readonly startMs: number;
}

/** A trace of many spans: requests, batches, and a deep chain, in five services. Comes in pieces. */
export function* large(which: Large): Generator<Map<string, SeedSpan[]>> {
  const random = new Random(which.spans);
  const services = ["batch", "loader", "index", "store", "cache"] as const;
  const total = 600_000;
  const id = (n: number): string => n.toString(16).padStart(16, "0");
  let piece = new Map<string, SeedSpan[]>();
  let size = 0;
  for (let n = 1; n <= which.spans; n += 1) {
    // A tree of breadth 20 whose first 60 spans are a chain: deep and wide.
    const parent = n === 1 ? undefined : n <= 60 ? n - 1 : Math.max(1, Math.floor((n - 60) / 20));
    const start = n === 1 ? 0 : Math.min(total - 10, (n / which.spans) * total * 0.97);
    const duration = n === 1 ? total : n <= 60 ? total - start - n * 5 : random.duration(40);
    push(piece, services[n % services.length] ?? "batch", {
      traceId: which.traceId,
      spanId: id(n),
      ...(parent === undefined ? {} : { parent: id(parent) }),
      name: n === 1 ? "nightly import" : n % 7 === 0 ? "write row" : `step ${n % 50}`,
      startMs: which.startMs + start,
      endMs: which.startMs + Math.min(total, start + duration),
      ...(n % 997 === 0 ? { error: "row refused" } : {}),
      attributes: { "batch.row": n },
    });
    size += 1;
    if (size === 5_000 || n === which.spans) {
      yield piece;
      piece = new Map();
      size = 0;
    }
  }
}

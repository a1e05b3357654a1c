// What specs may rely on: times, ids and names of the seeded data.

/** "Now" of the seeded data, in milliseconds. Pages that show them run with their clock standing here. */
export const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How far back the ordinary traffic goes. */
export const HISTORY_MS = 3 * HOUR;

/**
 * Services of the ordinary traffic. `payments` failed nine times in ten from 25 to 4 minutes before now, and `FAILING` is the
 * newest failure; `search` is slow for 10 minutes, `mailer` has been silent for 25, the others are steady.
 */
export const SERVICES = ["gateway", "checkout", "payments", "inventory", "search", "mailer"] as const;

/** Agents of the trace `AGENT`, in order of their first span; all in the service `orchestrator`. */
export const AGENTS = ["planner", "coder", "browser", "reviewer"] as const;

/** A request that failed three services deep, 4 minutes before now, with an exception and its log line. */
export const FAILING = {
  traceId: "fa11fa11fa11fa11fa11fa11fa11fa11",
  rootSpan: "fa11000000000001",
  errorSpan: "fa11000000000004",
  startMs: NOW - 4 * MINUTE,
  service: "payments",
  exception: "CardNetworkTimeout",
  logLine: "payment p-4711 refused: the card network did not answer within 2 s",
} as const;

/**
 * A run of agents with conversations, tools, tokens and cost, with an idle gap of 8 minutes, 41 `edit_file` calls in a
 * row, and a prompt of more than 4 KiB.
 */
export const AGENT = {
  traceId: "a9e47a9e47a9e47a9e47a9e47a9e4701",
  rootSpan: "a9e4700000000001",
  chatSpan: "a9e4700000000003",
  conversation: "conv-2026-11-20-0042",
  edits: 41,
  startMs: NOW - 34 * MINUTE,
} as const;

/** The same work a day's release later: slower, one call more, one failed tool. To be compared with `AGENT`. */
export const AGENT_LATER = { traceId: "a9e47a9e47a9e47a9e47a9e47a9e4702", startMs: NOW - 16 * MINUTE } as const;

/** Spans with long values, right-to-left text, emoji, control characters, and a name of 2,000 characters. */
export const STRANGE = {
  traceId: "57a96e57a96e57a96e57a96e57a96e57",
  rootSpan: "57a9600000000001",
  valueSpan: "57a9600000000002",
  startMs: NOW - 50 * MINUTE,
  service: "séarch-‮evil‬ 🚀",
} as const;

/** 50,000 spans in one trace, outside of the last hours. */
export const BIG = { traceId: "b16b16b16b16b16b16b16b16b16b1650", spans: 50_000, startMs: NOW - 5 * HOUR } as const;

/** 120,000 spans in one trace. */
export const HUGE = { traceId: "b16b16b16b16b16b16b16b16b16b1120", spans: 120_000, startMs: NOW - 6 * HOUR } as const;

/** Log lines of the last hour. */
export const LOG_LINES = 100_000;

/** A metric with exemplars, and one of each other type. */
export const METRICS = {
  histogram: "http_server_request_duration_seconds",
  counter: "http_server_requests_total",
  gauge: "queue_depth",
} as const;

/** The word that one log line in the last hour has, and no other. */
export const NEEDLE = "zyzzyva";

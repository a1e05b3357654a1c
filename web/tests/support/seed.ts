// The seeded data set: the same spans, log records and samples in every run, around a fixed now (`seed/constants.ts`
// says what is in it). Sent to a running server over OTLP/HTTP as JSON.
import { agents } from "./seed/agents";
import { BIG, HUGE } from "./seed/constants";
import { lines } from "./seed/lines";
import { metrics } from "./seed/metrics";
import { logsBody, send, spansBody, type SeedSpan } from "./seed/otlp";
import { Random } from "./seed/random";
import { failing, large, strange } from "./seed/special";
import { traffic, type Made } from "./seed/traffic";

/** How many spans go into one request. */
const PIECE = 4_000;

/**
 * Keys of the configuration that a server needs for these data: their age is no reason to drop them, and they may come
 * in any order.
 */
export const SEED_SETTINGS = [
  // Shipped rules watch this machine too: its disk is no part of the pictures.
  "rules.builtin=false",
  "storage.retention.spans.age=off",
  "storage.retention.logs.age=off",
  "storage.retention.samples.age=off",
  "storage.out_of_order=30d",
] as const;

/** Which parts to send; all unless said. */
export interface SeedParts {
  /** The two traces with very many spans. */
  readonly large?: boolean;
  /** The 100,000 log lines. */
  readonly lines?: boolean;
}

/** Sends everything. `otlpHttp` is the address of the OTLP/HTTP listener, such as `http://127.0.0.1:4318`. */
export async function seed(otlpHttp: string, parts: SeedParts = {}): Promise<void> {
  const made: Made = { spans: new Map(), records: new Map() };
  const mentions = traffic(new Random(1), made);
  failing(made);
  strange(made);
  agents(made);
  for (const piece of pieces(made.spans)) await send(otlpHttp, "traces", spansBody(piece));
  await send(otlpHttp, "logs", logsBody(made.records));
  for (const body of metrics(new Random(2), mentions)) await send(otlpHttp, "metrics", body);
  if (parts.lines !== false) {
    for (const piece of lines(new Random(3), mentions)) await send(otlpHttp, "logs", logsBody(piece));
  }
  if (parts.large !== false) {
    for (const which of [BIG, HUGE]) {
      for (const piece of large(which)) await send(otlpHttp, "traces", spansBody(piece));
    }
  }
}

function* pieces(spans: ReadonlyMap<string, readonly SeedSpan[]>): Generator<Map<string, readonly SeedSpan[]>> {
  for (const [service, all] of spans) {
    for (let from = 0; from < all.length; from += PIECE) yield new Map([[service, all.slice(from, from + PIECE)]]);
  }
}

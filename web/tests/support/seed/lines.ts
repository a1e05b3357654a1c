// 100,000 log lines of the last hour: a handful of patterns, some that tell of trouble, some long ones.
import { LOG_LINES, NEEDLE, NOW } from "./constants";
import type { SeedRecord } from "./otlp";
import type { Random } from "./random";
import { push, type Mention } from "./traffic";

const HOUR = 3_600_000;

type Line = readonly [service: string, severity: SeedRecord["severity"], body: string];

function line(random: Random, at: number): Line {
  const dice = random.next();
  const n = random.below(90_000);
  if (dice < 0.45) return ["gateway", 9, `GET /items/${n} 200 ${random.between(1, 40).toFixed(1)}ms`];
  if (dice < 0.7) return ["inventory", 9, `stock of item ${n} read from replica ${random.below(3)}`];
  if (dice < 0.82) return ["search", 9, `{"msg":"query done","hits":${random.below(400)},"took_ms":${random.below(90)},"shard":${random.below(8)}}`];
  if (dice < 0.92) return ["checkout", 5, `cart ${random.hex(8)} recalculated, ${random.below(12)} lines`];
  if (dice < 0.97) return ["payments", 9, `charge p-${n} accepted by acquirer ${random.pick(["alpha", "beta"])}`];
  if (dice < 0.985) return ["checkout", 13, `retry ${1 + random.below(3)} of order o-${n}: connection reset`];
  if (dice < 0.99 || at > NOW - 900_000) return ["payments", 17, `charge p-${n} failed: card network: 503`];
  if (dice < 0.995) return ["inventory", 17, `panic: index out of range [${n}]\n\tat stock.rs:118\n\tat server.rs:77`];
  return ["gateway", 13, `slow request /search took ${random.between(900, 2_000).toFixed(0)}ms`];
}

/** The lines, in pieces of 10,000, in order of time. One in twenty belongs to a trace. */
export function* lines(random: Random, mentions: readonly Mention[]): Generator<Map<string, SeedRecord[]>> {
  let piece = new Map<string, SeedRecord[]>();
  const recent = mentions.filter((one) => one.startMs > NOW - HOUR);
  for (let index = 0; index < LOG_LINES; index += 1) {
    const atMs = NOW - HOUR + (index / LOG_LINES) * HOUR;
    const [service, severity, body] = line(random, atMs);
    const mention = recent.length > 0 && random.chance(0.05) ? recent[random.below(recent.length)] : undefined;
    push(piece, service, {
      atMs,
      severity,
      body: index === 61_803 ? `the word of the day is ${NEEDLE}` : body,
      attributes: { "thread.id": random.below(16), "code.function.name": `${service}.handle` },
      ...(mention === undefined ? {} : { traceId: mention.traceId, spanId: mention.spanId }),
    });
    if ((index + 1) % 10_000 === 0) {
      yield piece;
      piece = new Map();
    }
  }
}

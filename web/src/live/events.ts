// What a live stream tells, as pages see it.
import type { AlertCounts, LiveSpan, LogDocument } from "@/api/schema";

/** A message of a live stream. `lost` without a count: nobody knows how many. No `change` is sooner than `intervalMs` after another. */
export type LiveEvent =
  | { readonly type: "log"; readonly log: LogDocument }
  | { readonly type: "trace"; readonly span: LiveSpan }
  | { readonly type: "lost"; readonly count?: number }
  | { readonly type: "alerts"; readonly counts: AlertCounts }
  | { readonly type: "change"; readonly signals: readonly string[]; readonly intervalMs: number };

/** How a stream fares: `lost` tries again by itself; `off` is not followed, or the server has no such topic. */
export type LiveState = "connecting" | "live" | "lost" | "off";

/** A message as it comes over the wire. */
export interface WireEvent {
  readonly event: string;
  readonly data: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Reads a message; `undefined` for what this UI does not know. */
export function readEvent({ event, data }: WireEvent): LiveEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  switch (event) {
    case "log":
      // The border of types: the golden OpenAPI file names LogDocument, LiveSpan and AlertNotice as what a stream carries.
      return { type: "log", log: value as unknown as LogDocument };
    case "trace":
      return { type: "trace", span: value as unknown as LiveSpan };
    case "alerts":
      return isRecord(value["counts"]) ? { type: "alerts", counts: value["counts"] as unknown as AlertCounts } : undefined;
    case "lost": {
      const count = Number(value["count"] ?? Number.NaN);
      return Number.isFinite(count) ? { type: "lost", count } : { type: "lost" };
    }
    case "change": {
      const signals = value["signals"];
      const intervalMs = Number(value["intervalMs"] ?? 0);
      return { type: "change", signals: Array.isArray(signals) ? signals.filter((one) => typeof one === "string") : [], intervalMs };
    }
    default:
      return undefined;
  }
}

// The ranges of the quick list.
import type { WrittenRange } from "@/lib/timeRange";

/** Ranges that one press gives, the short ones first. */
export const QUICK_RANGES: readonly WrittenRange[] = [
  { from: "now-5m", to: "now" },
  { from: "now-15m", to: "now" },
  { from: "now-30m", to: "now" },
  { from: "now-1h", to: "now" },
  { from: "now-3h", to: "now" },
  { from: "now-6h", to: "now" },
  { from: "now-12h", to: "now" },
  { from: "now-24h", to: "now" },
  { from: "now-2d", to: "now" },
  { from: "now-7d", to: "now" },
  { from: "now-30d", to: "now" },
  { from: "now/d", to: "now" },
  { from: "now-1d/d", to: "now/d" },
  { from: "now/w", to: "now" },
];

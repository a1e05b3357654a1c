// Scrape targets: which need a look, which match what is looked for.
import type { Target } from "@/api/schema";
import type { Tone } from "@/lib/colour";

/** States of a target. */
export const HEALTHS = ["down", "unknown", "up"] as const;

/** A state of a target. */
export type Health = (typeof HEALTHS)[number];

/** The state of a target; what is not known counts as unknown. */
export function healthOf(target: Target): Health {
  return HEALTHS.find((health) => health === target.health) ?? "unknown";
}

/** Only what is down has a colour. */
export function toneOfHealth(health: Health): Tone {
  return health === "down" ? "red" : "steady";
}

/** How many targets there are in each state. */
export function countHealths(targets: readonly Target[]): Readonly<Record<Health, number>> {
  const counts = { down: 0, unknown: 0, up: 0 };
  for (const target of targets) counts[healthOf(target)] += 1;
  return counts;
}

/** Targets with every word somewhere in job, address, labels or error, and in the state; those that are down first. */
export function findTargets(targets: readonly Target[], words: string, health: Health | "all"): readonly Target[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = targets.filter((target) => {
    if (health !== "all" && healthOf(target) !== health) return false;
    if (wanted.length === 0) return true;
    const labels = Object.entries(target.labels).map(([name, value]) => `${name}=${value}`);
    const text = [target.job, target.url, target.lastError ?? "", ...labels].join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return found.toSorted((a, b) => HEALTHS.indexOf(healthOf(a)) - HEALTHS.indexOf(healthOf(b)));
}

/** A scrape that takes most of its interval will soon fail: its share of the interval. */
export function scrapeShare(target: Target): number {
  return target.intervalMs > 0 ? target.lastScrapeDurationMs / target.intervalMs : 0;
}

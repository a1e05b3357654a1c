// What is stored, and how full memory and limits are: figures of the status page.
import type { LimitUse, MemoryStatus, SignalStatus, Signals } from "@/api/schema";
import type { Tone } from "@/lib/colour";
import { toNumber } from "@/lib/counts";
import { formatCount, formatExact } from "@/lib/numbers";
import { formatBytes } from "@/lib/units";

/** From here on a limit is worth a look, and from there on somebody should act. */
const AMBER_FROM = 0.8;
const RED_FROM = 0.95;

/** The tone of a share of a limit (0 to 1): no colour while there is room. */
export function toneOfShare(share: number): Tone {
  if (share >= RED_FROM) return "red";
  return share >= AMBER_FROM ? "amber" : "steady";
}

/** A signal as the table shows it. */
export interface StoredRow {
  readonly signal: keyof Signals;
  readonly title: string;
  readonly items: string | number;
  readonly bytes: string | number;
  readonly blocks: string | number;
  readonly refused: number;
  readonly series: string | number | undefined;
  /** Bytes an item on disk; undefined while nothing is on disk. */
  readonly bytesEach: number | undefined;
  /** Unix ms. */
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
}

const TITLES: Readonly<Record<keyof Signals, string>> = { spans: "Spans", logs: "Log records", samples: "Samples" };

function timeOf(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}

function row(signal: keyof Signals, status: SignalStatus): StoredRow {
  const { items, bytes, blocks, refused, series, oldest, newest } = status;
  const each = toNumber(bytes) / toNumber(items);
  return {
    signal, title: TITLES[signal], items, bytes, blocks, refused: toNumber(refused), series,
    bytesEach: toNumber(bytes) > 0 && Number.isFinite(each) ? each : undefined,
    oldestMs: timeOf(oldest),
    newestMs: timeOf(newest),
  };
}

/** The three signals. */
export function storedRows(signals: Signals): readonly StoredRow[] {
  return [row("spans", signals.spans), row("logs", signals.logs), row("samples", signals.samples)];
}

const PARTS: Readonly<Record<string, string>> = {
  heads: "New data not yet on disk",
  caches: "Caches of blocks",
  queries: "Queries that run",
  requests: "Requests being read",
  maintenance: "Merging and flushing",
};

/** A part of the memory: its name in words and its bytes, the largest first. */
export function memoryParts(memory: MemoryStatus): readonly { readonly key: string; readonly title: string; readonly bytes: number }[] {
  return Object.entries(memory.parts)
    .map(([key, bytes]) => ({ key, title: PARTS[key] ?? key, bytes: toNumber(bytes) }))
    .toSorted((a, b) => b.bytes - a.bytes || a.title.localeCompare(b.title));
}

/** What to do about a file that was set aside. */
export function quarantineHint(what: string): string {
  if (what === "wal") return "What was received just before the last stop may be missing. Check the disk and the log of the server from that time.";
  if (what === "values") return "Some large values show their first words only. Check the disk; a backup may hold them in full.";
  return "Answers lack what is in it. Check the disk; restore from a backup if you need it, else it can be deleted.";
}

/** A limit as its bar shows it; `share` is undefined where there is none. */
export interface LimitRow {
  readonly name: string;
  readonly key: string;
  readonly share: number | undefined;
  readonly tone: Tone;
  readonly text: string;
}

function amount(value: number, unit: string): string {
  if (unit === "bytes") return formatBytes(value);
  return value < 1e6 ? formatExact(Math.round(value)) : formatCount(value);
}

/** Limits, the fullest first; those without a bound last. */
export function limitRows(limits: readonly LimitUse[]): readonly LimitRow[] {
  return limits
    .map(({ name, key, used, allowed, unit }): LimitRow => {
      const share = allowed === undefined || allowed <= 0 ? undefined : used / allowed;
      const word = unit === "bytes" || unit === "count" ? "" : ` ${unit}`;
      return {
        name: name.charAt(0).toUpperCase() + name.slice(1), key, share, tone: share === undefined ? "steady" : toneOfShare(share),
        text: allowed === undefined ? `${amount(used, unit)}${word}, no limit` : `${amount(used, unit)} of ${amount(allowed, unit)}${word}`,
      };
    })
    .toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1));
}

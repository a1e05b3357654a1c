// Silences: when they end, what a form of one becomes, which values labels of alerts have. Pure.
import type { Matcher, Silence, SilenceRequest } from "@/api/schema";
import { readDuration, tomorrowAt } from "@/lib/alerting/durations";
import type { Labels } from "@/lib/alerting/matchers";
import { readInstant } from "@/lib/timeRange";
import type { Zone } from "@/lib/zone";

/** An end that is offered. `value` is what the form keeps. */
export interface EndChoice {
  readonly value: string;
  readonly label: string;
}

/** What is offered; `other` takes what is typed: a duration or a time. */
export const END_CHOICES: readonly EndChoice[] = [
  { value: "1h", label: "1 hour" }, { value: "4h", label: "4 hours" }, { value: "1d", label: "1 day" }, { value: "tomorrow", label: "tomorrow 9:00" }, { value: "other", label: "other" },
];

/** A silence while it is typed. */
export interface SilenceDraft {
  readonly matchers: readonly Matcher[];
  /** A value of `END_CHOICES`. */
  readonly end: string;
  /** Typed where `end` is `other`: `2h30m`, or a time. */
  readonly other: string;
  readonly by: string;
  readonly comment: string;
}

/** When a choice ends, Unix ms; undefined for what is no time, or past. */
export function endOf(draft: Pick<SilenceDraft, "end" | "other">, nowMs: number, zone: Zone): number | undefined {
  if (draft.end === "tomorrow") return tomorrowAt(nowMs, zone, 9);
  const text = draft.end === "other" ? draft.other : draft.end;
  const duration = readDuration(text);
  if (duration !== undefined) return duration > 0 ? nowMs + duration : undefined;
  const time = readInstant(text, nowMs, zone);
  return time.ok && time.value > nowMs ? time.value : undefined;
}

/** Whether a matcher takes alerts without the label as well. */
function takesNothing({ op, value }: Matcher): boolean {
  if (op === "=") return value === "";
  if (op === "!=") return value !== "";
  try {
    const whole = new RegExp(`^(?:${value})$`, "u").test("");
    return op === "=~" ? whole : !whole;
  } catch {
    // The server judges what is RE2 alone.
    return false;
  }
}

/** What is wrong with a draft, in words; undefined if it can be sent. */
export function silenceProblem(draft: SilenceDraft, nowMs: number, zone: Zone): string | undefined {
  if (draft.matchers.length === 0) return "add a matcher: a silence of everything is none";
  if (draft.matchers.some(({ name }) => name.trim() === "")) return "a matcher has no label";
  if (draft.matchers.every(takesNothing)) return "one matcher must ask for a value that is not empty";
  if (endOf(draft, nowMs, zone) === undefined) return "say when it ends: a duration such as 2h30m, or a time to come";
  if (draft.by.trim() === "") return "say who you are";
  return draft.comment.trim() === "" ? "say why: others will read it" : undefined;
}

/** What is sent; `id` where a silence is changed. */
export function silenceRequest(draft: SilenceDraft, nowMs: number, zone: Zone, changed?: Pick<Silence, "id" | "startsAt">): SilenceRequest {
  const end = endOf(draft, nowMs, zone) ?? nowMs;
  return {
    matchers: draft.matchers.map(({ name, op, value }) => ({ name: name.trim(), op, value })),
    endsAt: new Date(end).toISOString(),
    createdBy: draft.by.trim(),
    comment: draft.comment.trim(),
    ...(changed === undefined ? {} : { id: changed.id, startsAt: changed.startsAt }),
  };
}

/** Names of labels and their values, each in order, as alerts have them now. */
export function labelValues(all: readonly Labels[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, Set<string>>();
  for (const labels of all) {
    for (const [name, value] of Object.entries(labels)) {
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(value));
    }
  }
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, known]) => [name, [...known].sort()]));
}

// The lines of the list and what the keyboard does with them: walking, ticking, acknowledging, silencing.
import { useMemo, useState, type RefObject } from "react";
import type { Alert } from "@/api/schema";
import { useGo } from "@/components/Go";
import type { VirtualRowsHandle } from "@/components/VirtualRows";
import { formatMatchers, matchersOfAll } from "@/lib/alerting/matchers";
import { linesOf, meantAlerts, type AlertLine } from "@/lib/alerting/rows";
import { hrefs } from "@/lib/href";
import { useShortcuts } from "@/shell/shortcuts";
import { toast } from "@/shell/toast";

interface AlertLinesOptions {
  readonly alerts: readonly Alert[];
  readonly grouped: boolean;
  readonly ticked: ReadonlySet<string>;
  readonly onTicked: (ticked: ReadonlySet<string>) => void;
  readonly rows: RefObject<VirtualRowsHandle | null>;
  /** Asks who takes these on. */
  readonly onAcknowledge: (alerts: readonly Alert[]) => void;
}

interface AlertLines {
  readonly lines: readonly AlertLine[];
  /** Place of the current line; -1 for none. */
  readonly at: number;
  choose(place: number): void;
  tick(ids: readonly string[], on: boolean): void;
  acknowledge(): void;
  silence(): void;
}

/** Lines, with their keys. */
export function useAlertLines({ alerts, grouped, ticked, onTicked, rows, onAcknowledge }: AlertLinesOptions): AlertLines {
  const go = useGo();
  const [current, setCurrent] = useState("");
  const lines = useMemo(() => linesOf(alerts, grouped), [alerts, grouped]);
  const at = lines.findIndex((line) => line.id === current);
  const line = lines[at];
  const walk = (to: number): void => {
    const place = Math.max(0, Math.min(lines.length - 1, to));
    setCurrent(lines[place]?.id ?? "");
    rows.current?.focus(place);
  };
  const tick = (ids: readonly string[], on: boolean): void => {
    const next = new Set(ticked);
    for (const id of ids) if (on) next.add(id); else next.delete(id);
    onTicked(next);
  };
  const tickLine = (): void => {
    if (line === undefined) return;
    const ids = line.kind === "alert" ? [line.id] : line.group.alerts.map((alert) => alert.id);
    tick(ids, !ids.every((id) => ticked.has(id)));
  };
  const meant = (): readonly Alert[] => (line?.kind === "group" && ticked.size === 0 ? line.group.alerts : meantAlerts(alerts, ticked, current));
  const acknowledge = (): void => {
    const firing = meant().filter((alert) => alert.state === "firing" && alert.acknowledged === undefined);
    if (firing.length === 0) toast("Nothing to acknowledge: choose an alert that fires and that nobody has taken on");
    else onAcknowledge(firing);
  };
  const silence = (): void => {
    const some = meant();
    if (some.length === 0) toast("Nothing to silence: choose an alert with j and k, or tick some with x");
    else go(hrefs.silences({ new: formatMatchers(matchersOfAll(some.map((alert) => alert.labels))) }));
  };
  useShortcuts([
    { keys: "j", what: "next alert", run: () => walk(at + 1) },
    { keys: "k", what: "alert before", run: () => walk(at - 1) },
    { keys: "x", what: "tick or untick the alert", run: tickLine },
    { keys: "a", what: "acknowledge it, or all that are ticked", run: acknowledge },
    { keys: "s", what: "silence it, or all that are ticked", run: silence },
  ]);
  return { lines, at, choose: (place) => setCurrent(lines[place]?.id ?? ""), tick, acknowledge, silence };
}

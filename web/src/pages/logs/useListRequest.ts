// Which lines the list asks for. A range that moves by itself does not tear a list away under its reader: the list
// follows while its top is in view and nothing is open, else it says that newer lines are there.
import { useRouter } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { Line } from "@/lib/logs/line";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import { within, type Anchor, type ListRequest } from "./fetchLines";

/** Where lists were scrolled to, by entry of the history: Back returns there. */
const places = new Map<string, Anchor>();
const PLACES_MAX = 50;
/** Under this name the router keeps a key for each entry of the history. */
const ENTRY_KEY = "__TSR_key";

/** Remembers (or, undefined, forgets) the first line in view of the entry of the history that is open. */
export type KeepPlace = (line: Line | undefined) => void;

/** Keeps the place of this entry of the history. */
export function usePlace(): { readonly keep: KeepPlace; readonly place: () => Anchor | undefined } {
  const router = useRouter();
  return useMemo(() => {
    const key = (): string => String(router.history.location.state[ENTRY_KEY] ?? "");
    return {
      place: () => places.get(key()),
      keep: (line) => {
        places.delete(key());
        if (line !== undefined) places.set(key(), { id: line.id, timestamp: line.timestamp, place: "start" });
        const [oldest] = places.keys();
        if (places.size > PLACES_MAX && oldest !== undefined) places.delete(oldest);
      },
    };
  }, [router]);
}

interface Opened {
  readonly key: string;
  readonly request: ListRequest;
}

/** The request of the list, and how to bring it up to date. `record` is the open record once it is known; null while it is being read. */
export function useListRequest(record: Line | undefined | null, place: () => Anchor | undefined): { readonly request: ListRequest | undefined; readonly stale: boolean; renew(anchor?: Anchor): void } {
  const { params, search } = useLogs();
  const range = useTimeRange();
  const key = JSON.stringify([params, search.order, range.from, range.to]);
  const [opened, setOpened] = useState<Opened>();
  const make = (anchor: Anchor | undefined): Opened => ({ key, request: { params, start: range.start, end: range.end, order: search.order, anchor } });
  if (record !== null && opened?.key !== key) {
    const around: Anchor | undefined = record === undefined ? (opened === undefined ? place() : undefined) : { id: record.id, timestamp: record.timestamp, place: "center" };
    setOpened(make(around !== undefined && within(around.timestamp, range.start, range.end) ? around : undefined));
  }
  return {
    request: opened?.request,
    stale: opened !== undefined && opened.request.end !== range.end,
    renew: (anchor) => setOpened(make(anchor)),
  };
}

/** Runs `renew` when the range moved on and `follows` says so. */
export function useFollow(stale: boolean, follows: () => boolean, renew: () => void): void {
  const { refreshedAt } = useTimeRange();
  useEffect(() => {
    if (stale && follows()) renew();
    // Asked at every refresh, not at every render.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [refreshedAt]);
}

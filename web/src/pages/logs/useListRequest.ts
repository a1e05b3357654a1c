// Which lines the list asks for. A range that moves by itself does not tear a list away under its reader: the list
// follows while its top is in view and nothing is open, else it says that newer lines are there.
import { useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Line } from "@/lib/logs/line";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import { within, type Anchor, type ListRequest } from "./fetchLines";

/** Where lists were when their entry of the history was left: Back returns there. */
const places = new Map<string, Anchor>();
const PLACES_MAX = 50;
/** Under this name the router keeps a key for each entry of the history. */
const ENTRY_KEY = "__TSR_key";

type Entry = ReturnType<typeof useRouter>["history"]["location"];

function keyOf(entry: Entry): string {
  return String(entry.state[ENTRY_KEY] ?? "");
}

function keep(key: string, line: Line | undefined): void {
  places.delete(key);
  if (line !== undefined) places.set(key, { id: line.id, timestamp: line.timestamp, place: "start" });
  const [oldest] = places.keys();
  if (places.size > PLACES_MAX && oldest !== undefined) places.delete(oldest);
}

/** Reads where the list was when the entry of the history that is open now was left. */
export function usePlace(): () => Anchor | undefined {
  const router = useRouter();
  return useCallback(() => places.get(keyOf(router.history.location)), [router]);
}

/**
 * Keeps the place of the list under its entry of the history at the moment that entry is left, so that it is never a
 * frame old. `first` gives the first line in view: undefined at the top, null while nothing can be said.
 */
export function useKeptPlace(first: () => Line | undefined | null): void {
  const router = useRouter();
  const latest = useRef(first);
  useEffect(() => {
    latest.current = first;
  });
  useEffect(() => {
    let key = keyOf(router.history.location);
    return router.history.subscribe(({ location }: { readonly location: Entry }) => {
      const line = latest.current();
      if (line !== null) keep(key, line);
      key = keyOf(location);
    });
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
    const around: Anchor | undefined = record === undefined ? place() : { id: record.id, timestamp: record.timestamp, place: "center" };
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

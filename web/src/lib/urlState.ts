// The one module that reads and writes the search of the URL: plain text, repeated for lists, defaults left out.
import { useLocation, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

/** The search of a URL: every parameter with all its values, in order. */
export type RawSearch = Readonly<Record<string, readonly string[]>>;

/** How a page's state reads from the search and writes to it. Both are pure; what `format` leaves out is default. */
export interface SearchCodec<T> {
  parse(raw: RawSearch): T;
  format(value: T): RawSearch;
}

/** Parameters that belong to the shell and travel along every link. */
export const SHELL_PARAMS: readonly string[] = ["from", "to", "live"];

/** Reads a search string, with or without `?`. */
export function parseSearch(search: string): RawSearch {
  const raw: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) (raw[name] ??= []).push(value);
  return raw;
}

/** Writes a search string with `?`; the empty search gives "". Commas, slashes and colons stay readable. */
export function formatSearch(raw: RawSearch): string {
  const pairs = Object.entries(raw).flatMap(([name, values]) => values.map((value) => `${encode(name)}=${encode(value)}`));
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(2C|2F|3A|40|24)/g, (code) => decodeURIComponent(code));
}

/** A search of plain values: `true` is `1`; `undefined`, `false`, "" and empty lists are left out. */
export function searchOf(values: Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>): RawSearch {
  const raw: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === false || value === "") continue;
    const list = typeof value === "object" ? value.map(String) : [value === true ? "1" : String(value)];
    if (list.length > 0) raw[name] = list;
  }
  return raw;
}

/** A parameter of text. */
export function textParam(raw: RawSearch, name: string, fallback = ""): string {
  return raw[name]?.[0] ?? fallback;
}

/** A repeated parameter of text; empty values are dropped. */
export function textsParam(raw: RawSearch, name: string): readonly string[] {
  return (raw[name] ?? []).filter((value) => value !== "");
}

/** A parameter that takes certain words. */
export function wordParam<W extends string>(raw: RawSearch, name: string, words: readonly W[], fallback: W): W {
  return words.find((word) => word === raw[name]?.[0]) ?? fallback;
}

/** A parameter that is on (`1`) or absent. */
export function flagParam(raw: RawSearch, name: string): boolean {
  return raw[name]?.[0] === "1";
}

/** A parameter that takes whole numbers from `min` to `max`. */
export function intParam(raw: RawSearch, name: string, fallback: number, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  const text = raw[name]?.[0] ?? "";
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : fallback;
}

/** The shell's parameters of a search. */
export function shellSearch(raw: RawSearch): RawSearch {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => SHELL_PARAMS.includes(name)));
}

/** How a change of state shows in the history. */
export type How = "push" | "replace";

/** Changes the search of the page that is open. `change` gets the search as it is at that moment. */
export function useSearchChange(): (change: (raw: RawSearch) => RawSearch, how?: How) => void {
  const router = useRouter();
  return useCallback(
    (change, how = "push") => {
      const { pathname, search } = router.history.location;
      const next = formatSearch(change(parseSearch(search)));
      if (next === search) return;
      const href = pathname + next;
      if (how === "push") router.history.push(href);
      else router.history.replace(href);
    },
    [router],
  );
}

/** The search of the page that is open. */
export function useRawSearch(): RawSearch {
  const text = useLocation({ select: (location) => location.searchStr });
  return useMemo(() => parseSearch(text), [text]);
}

/** The state of a page in its URL, and how to change parts of it. One codec a page: what it does not write is dropped. */
export function useSearchState<T>(codec: SearchCodec<T>): readonly [T, (patch: Partial<T>, how?: How) => void] {
  const raw = useRawSearch();
  const value = useMemo(() => codec.parse(raw), [codec, raw]);
  const change = useSearchChange();
  const set = useCallback(
    (patch: Partial<T>, how?: How) =>
      change((now) => ({ ...codec.format({ ...codec.parse(now), ...patch }), ...shellSearch(now) }), how),
    [change, codec],
  );
  return [value, set];
}

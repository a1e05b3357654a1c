// Counts about the spans of a search: over time, by facet; and what names and types there are.
import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api } from "@/api/client";
import type { ColourSlots, Facet, FacetList, Label, SpanHistogram } from "@/api/schema";
import { facetState, spanFilters, withoutFacet } from "@/lib/traces/filters";
import type { TypesOf } from "@/lib/traces/literal";
import { filterQuery, type Filters } from "@/lib/traces/search";
import type { HeldRange } from "./useHeldRange";

const VALUES = 50;

/** Spans over time. Conditions about whole traces are left out of it: `cut` says so. */
export function useSpanHistogram(filters: Filters, { start, end }: HeldRange): { readonly query: UseQueryResult<SpanHistogram>; readonly cut: boolean } {
  const { filters: own, cut } = spanFilters(filters);
  const params = { ...filterQuery(own), start, end };
  const query = useQuery({
    queryKey: ["span histogram", params],
    queryFn: ({ signal }) => api.get("/api/v1/traces/histogram", { query: params, signal }),
    placeholderData: keepPreviousData,
  });
  return { query, cut };
}

/** What is known of the facets. */
export interface Facets {
  readonly facets: readonly Facet[];
  readonly lists: readonly FacetList[];
  readonly loading: boolean;
  readonly error: Error | null;
  retry(): void;
}

/**
 * Top values of the usual names and of `extra` ones. A name with conditions of its own is counted without them, so that
 * other values can be taken, too.
 */
export function useFacets(filters: Filters, extra: readonly string[], typesOf: TypesOf, range: HeldRange): Facets {
  const { start, end } = range;
  const call = (about: Filters, field: readonly string[] | undefined) => {
    const params = { ...filterQuery(about), start, end, limit: VALUES, field };
    return {
      queryKey: ["span facets", params],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get("/api/v1/traces/facets", { query: params, signal }),
      placeholderData: keepPreviousData,
    };
  };
  const usual = useQuery(call(filters, undefined));
  const more = useQuery({ ...call(filters, extra), enabled: extra.length > 0 });
  const names = [...(usual.data?.facets ?? []), ...(more.data?.facets ?? [])].map((facet) => facet.name);
  const active = [...new Set(names)].filter((name) => {
    const { included, excluded } = facetState(filters, name);
    return included.length + excluded.length > 0;
  });
  const open = useQueries({ queries: active.map((name) => call(withoutFacet(filters, name, typesOf), [name])) });
  const own = new Map(open.flatMap(({ data }) => data?.facets ?? []).map((facet) => [facet.name, facet]));
  const seen = new Set<string>();
  const facets = [...(usual.data?.facets ?? []), ...(extra.length === 0 ? [] : (more.data?.facets ?? []))].flatMap((facet) => {
    if (seen.has(facet.name)) return [];
    seen.add(facet.name);
    return [own.get(facet.name) ?? facet];
  });
  const lists = [usual.data, more.data].filter((list) => list !== undefined);
  return { facets, lists, loading: usual.isPending, error: usual.error ?? more.error, retry: () => void usual.refetch() };
}

const NO_LABELS: readonly Label[] = [];

/** Names of attributes of spans, and the types of their values. Asked once in a while. */
export function useSpanLabels(): { readonly labels: readonly Label[]; readonly typesOf: TypesOf } {
  const { data } = useQuery({
    queryKey: ["span labels"],
    queryFn: ({ signal }) => api.get("/api/v1/labels", { query: { signal: "spans" }, signal }),
    staleTime: 60_000,
    gcTime: 300_000,
  });
  const labels = data?.labels ?? NO_LABELS;
  const types = useMemo(() => {
    const map = new Map<string, readonly string[]>();
    for (const { name, types: own } of labels) map.set(name, [...(map.get(name) ?? []), ...own]);
    return map;
  }, [labels]);
  const typesOf = useCallback((name: string) => types.get(name), [types]);
  return { labels, typesOf };
}

const SLOTS_A_CALL = 100;

/** The colour slots of services, as the server hands them out; undefined until they are known. */
export function useServiceSlots(services: readonly string[]): (service: string) => number | undefined {
  const key = [...new Set(services)].filter((service) => service !== "").toSorted().slice(0, SLOTS_A_CALL).join("\n");
  const { data } = useQuery<ColourSlots>({
    queryKey: ["service slots", key],
    queryFn: ({ signal }) => api.get("/api/v1/colour-slots", { query: { kind: "service", name: key.split("\n") }, signal }),
    enabled: key !== "",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 300_000,
    placeholderData: keepPreviousData,
  });
  return useCallback((service: string) => data?.slots[service], [data]);
}

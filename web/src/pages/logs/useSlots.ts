// Colour slots of services, as the server hands them out: the same on every page.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";

const NONE: Readonly<Record<string, number>> = {};
const NAMES_MAX = 100;

/** Slots of services by name. */
export function useServiceSlots(names: readonly string[]): Readonly<Record<string, number>> {
  const asked = useMemo(() => [...new Set(names.filter((name) => name !== ""))].toSorted().slice(0, NAMES_MAX), [names]);
  const { data } = useQuery({
    queryKey: ["colour-slots", "service", asked],
    queryFn: ({ signal }) => api.get("/api/v1/colour-slots", { query: { kind: "service", name: asked }, signal }),
    enabled: asked.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: keepPreviousData,
  });
  return data?.slots ?? NONE;
}

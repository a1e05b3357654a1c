// The open record: by its id alone, so that a link finds it wherever it is; with large values once they are wanted.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Line } from "@/lib/logs/line";

/** A record as it was asked for. */
export interface AskedRecord {
  readonly line: Line | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  retry(): void;
}

/** The record of an id ("" for none). `known` is shown until the server answers. */
export function useRecord(id: string, known: Line | undefined, full: boolean): AskedRecord {
  const query = useQuery({
    queryKey: ["logs", "record", id, full],
    queryFn: ({ signal }) => api.get("/api/v1/logs/{id}", { path: { id }, query: { values: full ? "full" : "preview" }, signal }),
    enabled: id !== "",
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => (known?.id === id ? known : keepPreviousData(previous?.id === id ? previous : undefined)),
  });
  return { line: id === "" ? undefined : query.data, error: query.error, loading: query.isFetching, retry: () => void query.refetch() };
}

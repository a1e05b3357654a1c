// Policies and rotas, and how somebody stands in.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { EscalationList, RotaOverrideRequest } from "@/api/schema";
import { toast } from "@/shell/toast";

const POLL_MS = 60_000;

/** All of it. */
export function useEscalations(): UseQueryResult<EscalationList> {
  return useQuery({
    queryKey: ["alerts", "escalations"],
    queryFn: ({ signal }) => api.get("/api/v1/escalations", { signal }),
    refetchInterval: POLL_MS,
    refetchOnWindowFocus: true,
    placeholderData: keepPreviousData,
  });
}

/** Overrides come and go. `add` throws what the form has to show. */
export function useOverrides(rota: string) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const run = async (call: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await call();
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: ["alerts", "escalations"] });
    }
  };
  return {
    busy,
    add: (body: RotaOverrideRequest): Promise<void> => run(() => api.post("/api/v1/escalations/rotas/{rota}/overrides", { path: { rota }, body })),
    remove: async (id: string): Promise<void> => {
      try {
        await run(() => api.delete("/api/v1/escalations/rotas/{rota}/overrides/{id}", { path: { rota, id } }));
        toast("The rota goes on as planned");
      } catch (error) {
        toast(`Not taken back: ${error instanceof Error ? error.message : String(error)}`, "failed");
      }
    },
  };
}

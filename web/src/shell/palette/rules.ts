// What the palette offers of alerting: rules by name, a new rule, a new silence.
import { IconBellPlus, IconRuler2, IconZzz } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useGo } from "@/components/Go";
import { hrefs } from "@/lib/href";
import type { Entry } from "@/shell/palette/entries";

const STALE_MS = 30_000;

/** Rules by name, and what can be made. Rules are asked for when something is typed. */
export function useRuleEntries(opened: boolean, typed: string): { readonly rules: readonly Entry[]; readonly actions: readonly Entry[] } {
  const go = useGo();
  const { data } = useQuery({
    queryKey: ["palette", "rules"],
    queryFn: ({ signal }) => api.get("/api/v1/rules", { signal }),
    enabled: opened && typed.trim() !== "",
    staleTime: STALE_MS,
    retry: false,
  });
  return {
    rules: (data?.rules ?? []).map((rule) => ({
      id: `rule ${rule.id}`, group: "Rules", label: rule.definition.name ?? rule.id, words: `rule ${rule.definition.group ?? ""}`, detail: rule.state === "inactive" ? (rule.definition.group ?? "") : rule.state,
      icon: IconRuler2, run: () => go(hrefs.rule(rule.id)),
    })),
    actions: [
      { id: "new rule", group: "Actions", label: "New rule", words: "alert write watch", icon: IconBellPlus, run: () => go(hrefs.newRule()) },
      { id: "new silence", group: "Actions", label: "New silence", words: "mute quiet alert", icon: IconZzz, run: () => go(hrefs.silences({ new: "{}" })) },
    ],
  };
}

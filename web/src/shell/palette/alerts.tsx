// The alerts that fire, in the palette: they come with the bell's call.
import { IconBell } from "@tabler/icons-react";
import { useGo } from "@/components/Go";
import { placeLabels } from "@/lib/alerting/labels";
import { hrefs } from "@/lib/href";
import { useFiring } from "@/shell/alerts/useFiring";
import type { Entry } from "@/shell/palette/entries";

/** The worst and newest that nobody has taken on, each found by its name, severity and labels. */
export function useFiringEntries(): readonly Entry[] {
  const go = useGo();
  const { data } = useFiring();
  return (data?.alerts ?? []).map((alert) => ({
    id: `alert ${alert.id}`,
    group: "Firing alerts",
    label: alert.name,
    words: `alert ${alert.id} ${alert.severity} ${Object.values(alert.labels).join(" ")}`,
    detail: [alert.severity, ...placeLabels(alert.labels).slice(0, 2).map((label) => label.value)].join(" · "),
    icon: IconBell,
    run: () => go(hrefs.alert(alert.id)),
  }));
}

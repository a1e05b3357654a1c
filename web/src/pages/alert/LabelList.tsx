// The labels, each to copy and to look for in other alerts.
import type { ReactElement } from "react";
import { useGo } from "@/components/Go";
import { KeyValues } from "@/components/KeyValues";
import { Panel } from "@/components/Panel";
import { CopyButton } from "@/components/CopyButton";
import { orderedLabels } from "@/lib/alerting/labels";
import { formatMatchers, matchersOfLabels, type Labels } from "@/lib/alerting/matchers";
import { hrefs } from "@/lib/href";

/** The panel. */
export function LabelList({ labels }: { readonly labels: Labels }): ReactElement {
  const go = useGo();
  const filter = (name: string, op: string, value: string): void => go(hrefs.alerts({ state: "all", q: formatMatchers([{ name, op, value }]) }));
  return (
    <Panel title="Labels" actions={<CopyButton text={() => formatMatchers(matchersOfLabels(labels))} what="all labels as matchers" />}>
      <KeyValues
        label="Labels"
        items={orderedLabels(labels).map(({ name, value }) => ({ key: name, value }))}
        onInclude={({ key, value }) => filter(key, "=", value)}
        onExclude={({ key, value }) => filter(key, "!=", value)}
      />
    </Panel>
  );
}

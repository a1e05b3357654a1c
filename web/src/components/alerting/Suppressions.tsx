// What the configuration suppresses: read-only, told where silences and routes are.
import type { ReactElement } from "react";
import type { Suppression } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { Panel } from "@/components/Panel";
import { plural } from "@/lib/numbers";
import { useZone } from "@/shell/timeRange";

/** A table; nothing where there are none. */
export function Suppressions({ suppressions }: { readonly suppressions: readonly Suppression[] }): ReactElement | null {
  const zone = useZone();
  const time = (text: string | undefined): string => (text === undefined ? "" : zone.dateTime(Date.parse(text)));
  if (suppressions.length === 0) return null;
  return (
    <Panel title="Suppressions" subtitle="of the configuration; changed there" flush>
      <div className={layout["scroll"]} tabIndex={0} role="region" aria-label="Suppressions, table">
        <table className={layout["table"]}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Hides</th>
              <th scope="col">Why</th>
              <th scope="col">When</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {suppressions.map((one) => (
              <tr key={one.name}>
                <th scope="row" className={layout["nowrap"]}>{one.name}</th>
                <td>
                  <MatcherChips matchers={one.matchers} label={`Matchers of ${one.name}`} />
                  {one.condition === undefined ? null : <code>{one.condition}</code>}
                </td>
                <td>{one.reason}</td>
                <td className={layout["nowrap"]}>
                  {one.startsAt === undefined ? "" : `from ${time(one.startsAt)} `}
                  {one.endsAt === undefined ? (one.startsAt === undefined ? "always" : "") : `until ${time(one.endsAt)}`}
                </td>
                <td className={layout["nowrap"]}>{one.activeNow ? (one.hiddenNow > 0 ? `hides ${plural(one.hiddenNow, "alert")}` : "in force") : "not in force"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

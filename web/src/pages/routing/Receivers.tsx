// Receivers and the ways to them: where to, how they fare, what waits.
import type { ReactElement } from "react";
import type { Integration, IntegrationHealth, Receiver } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Since } from "@/components/alerting/Since";
import { useNow } from "@/components/alerting/useNow";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import type { Tone } from "@/lib/colour";
import { hrefs } from "@/lib/href";
import classes from "./Page.module.css";

interface ReceiversProps {
  readonly receivers: readonly Receiver[];
  /** Those that the tested alert would tell. */
  readonly highlighted: readonly string[];
}

/** A table, one line an integration. */
export function Receivers({ receivers, highlighted }: ReceiversProps): ReactElement {
  const now = useNow();
  return (
    <Panel title="Receivers" flush={receivers.length > 0}>
      {receivers.length === 0 ? <p className={layout["quiet"]}>There is no receiver: nobody is told of anything.</p> : (
        <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="Receivers, table">
          <table className={layout["table"]}>
            <thead>
              <tr>
                <th scope="col">Receiver</th>
                <th scope="col">By</th>
                <th scope="col">To</th>
                <th scope="col">Fares</th>
                <th scope="col" className={layout["right"]}>Waiting</th>
                <th scope="col">Last arrived</th>
                <th scope="col">Told when over</th>
              </tr>
            </thead>
            <tbody>{receivers.map((receiver) => <Rows key={receiver.name} receiver={receiver} lit={highlighted.includes(receiver.name)} now={now} />)}</tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Rows({ receiver, lit, now }: { readonly receiver: Receiver; readonly lit: boolean; readonly now: number }): ReactElement {
  const { name, integrations } = receiver;
  const link = <Go href={hrefs.deliveries({ receiver: name })}>{name}</Go>;
  if (integrations.length === 0) {
    return (
      <tr data-lit={lit}>
        <th scope="row">{link}</th>
        <td colSpan={6} className={layout["quiet"]}>
          nothing is sent: it has no integration
        </td>
      </tr>
    );
  }
  return (
    <>
      {integrations.map((one, place) => (
        <tr key={place} data-lit={lit} className={classes["receiver"]}>
          <th scope="row">{place === 0 ? link : <span className={classes["same"]}>{name}</span>}</th>
          <td>{one.kind}</td>
          <td className={classes["target"]}>{one.target}</td>
          <td className={classes["fares"]}>
            <Health one={one} />
          </td>
          <td className={layout["right"]}>{one.queued === 0 ? "–" : <Go href={hrefs.deliveries({ receiver: name, status: "pending,retrying" })}>{one.queued}</Go>}</td>
          <td className={layout["nowrap"]}>{one.lastSuccessAt === undefined ? "–" : <Since at={one.lastSuccessAt} nowMs={now} />}</td>
          <td>{one.sendResolved ? "yes" : "no"}</td>
        </tr>
      ))}
    </>
  );
}

const WORDS: Readonly<Record<IntegrationHealth, readonly [string, Tone]>> = {
  unused: ["not used yet", "steady"], working: ["works", "steady"], failing: ["fails", "amber"], broken: ["rests after many failures", "red"],
};

function Health({ one }: { readonly one: Integration }): ReactElement {
  if (!one.delivered) return <span className={layout["tone"]} data-tone="amber">{`${one.kind} is read, but not delivered by this program`}</span>;
  const [word, tone] = WORDS[one.health];
  return (
    <span className={layout["tone"]} data-tone={tone}>
      {word}
      {one.lastError === undefined ? "" : `: ${one.lastError}`}
    </span>
  );
}

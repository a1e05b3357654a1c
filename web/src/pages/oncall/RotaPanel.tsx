// One rota: who is on call now, until when, the next four weeks as a line, and who stands in.
import { useMemo, useState, type ReactElement } from "react";
import type { Rota, RotaTurn } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { useNow } from "@/components/alerting/useNow";
import { Panel } from "@/components/Panel";
import { allTurns, momentIn, mondays, turnBars, WEEK_MS } from "@/lib/alerting/rota";
import { slotOfText, slotVar } from "@/lib/colour";
import { formatDuration } from "@/lib/units";
import controls from "@/shell/controls.module.css";
import { OverrideForm } from "./OverrideForm";
import { useOverrides } from "./useEscalations";
import classes from "./Page.module.css";

const WEEKS = 4;

/** The panel. */
export function RotaPanel({ rota }: { readonly rota: Rota }): ReactElement {
  const now = useNow(30_000);
  const [adding, setAdding] = useState(false);
  return (
    <Panel
      title={rota.name}
      subtitle={`${rota.handover}, ${rota.timeZone}`}
      actions={
        <button type="button" className={controls["button"]} onClick={() => setAdding(true)}>
          Stand in
        </button>
      }
    >
      <div className={classes["rota"]}>
        <OnCall rota={rota} now={now} />
        <Line rota={rota} now={now} />
      </div>
      <Overrides rota={rota} />
      {adding ? <OverrideForm rota={rota} onClose={() => setAdding(false)} /> : null}
    </Panel>
  );
}

function OnCall({ rota, now }: { readonly rota: Rota; readonly now: number }): ReactElement {
  const turn = rota.now;
  const next = rota.next.find((one) => Date.parse(one.start) > now);
  return (
    <div className={classes["onCall"]}>
      <span className={layout["quiet"]}>on call now</span>
      <span className={classes["member"]}>{turn?.member ?? "nobody"}</span>
      {turn === undefined ? null : (
        <>
          <span>
            until {momentIn(Date.parse(turn.end), rota.timeZone)} <span className={layout["quiet"]}>({leftText(Date.parse(turn.end) - now)})</span>
          </span>
          <span className={layout["quiet"]}>{turn.receivers.length === 0 ? "no way to reach" : `by ${turn.receivers.join(", ")}`}{turn.overrideId === undefined ? "" : ", stands in"}</span>
        </>
      )}
      {next === undefined ? null : <span className={layout["quiet"]}>{`then ${next.member}${turn === undefined ? `, ${momentIn(Date.parse(next.start), rota.timeZone)}` : ""}`}</span>}
    </div>
  );
}

function leftText(ms: number): string {
  return ms <= 0 ? "ends now" : `${formatDuration(Math.round(ms / 60_000) * 60_000)} left`;
}

/** Turns of the next weeks; the table below it says the same. */
function Line({ rota, now }: { readonly rota: Rota; readonly now: number }): ReactElement {
  const from = Math.floor(now / 3_600_000) * 3_600_000;
  const to = from + WEEKS * WEEK_MS;
  const turns = useMemo(() => allTurns(rota.now, rota.next), [rota.now, rota.next]);
  const bars = turnBars(turns, from, to);
  const ticks = mondays(from, to, rota.timeZone);
  const text = (turn: RotaTurn): string => `${turn.member}, ${momentIn(Date.parse(turn.start), rota.timeZone)} to ${momentIn(Date.parse(turn.end), rota.timeZone)}${turn.overrideId === undefined ? "" : ", stands in"}`;
  return (
    <div className={classes["timeline"]}>
      <ol className={classes["bars"]} aria-label={`Turns of ${rota.name} in the next ${WEEKS} weeks`}>
        {bars.map((bar) => (
          <li key={`${bar.turn.start} ${bar.turn.member}`} data-override={bar.override} title={text(bar.turn)} style={{ left: `${bar.left}%`, width: `${bar.width}%`, borderTopColor: slotVar(slotOfText(bar.turn.member)) }}>
            <span aria-hidden>{bar.turn.member}</span>
            <span className={classes["hidden"]}>{text(bar.turn)}</span>
          </li>
        ))}
      </ol>
      <div className={classes["ticks"]} aria-hidden>
        {ticks.map((tick) => (
          <span key={tick.ms} style={{ left: `${tick.left}%` }}>
            {momentIn(tick.ms, rota.timeZone).replace(/ \d\d:\d\d$/u, "")}
          </span>
        ))}
      </div>
    </div>
  );
}

function Overrides({ rota }: { readonly rota: Rota }): ReactElement | null {
  const { busy, remove } = useOverrides(rota.name);
  if (rota.overrides.length === 0) return null;
  return (
    <div className={layout["scroll"]} tabIndex={0} role="region" aria-label={`Who stands in for ${rota.name}`}>
      <table className={layout["table"]}>
        <thead>
          <tr>
            <th scope="col">Stands in</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Why</th>
            <th scope="col">
              <span className={classes["hidden"]}>Take back</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rota.overrides.map((one) => (
            <tr key={one.id}>
              <th scope="row">{one.member}</th>
              <td className={layout["nowrap"]}>{momentIn(Date.parse(one.start), rota.timeZone)}</td>
              <td className={layout["nowrap"]}>{momentIn(Date.parse(one.end), rota.timeZone)}</td>
              <td>
                {one.reason} <span className={layout["quiet"]}>{one.createdBy}</span>
              </td>
              <td className={layout["right"]}>
                {one.id.startsWith("config-") ? <span className={layout["quiet"]}>of the configuration</span> : (
                  <button type="button" className={controls["button"]} disabled={busy} onClick={() => void remove(one.id)}>
                    Take back
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

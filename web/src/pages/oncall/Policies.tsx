// Escalation policies as ladders: after how long whom, until somebody takes the alert on.
import { Fragment, type ReactElement } from "react";
import type { EscalationLevel, EscalationPolicy, Rota } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { writeDuration } from "@/lib/alerting/durations";
import { formatMatchers } from "@/lib/alerting/matchers";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import classes from "./Page.module.css";

interface PoliciesProps {
  readonly policies: readonly EscalationPolicy[];
  readonly rotas: readonly Rota[];
}

/** All ladders. */
export function Policies({ policies, rotas }: PoliciesProps): ReactElement {
  if (policies.length === 0) {
    return (
      <Panel title="Escalation">
        <p className={layout["quiet"]}>There is no policy: when nobody takes an alert on, its receivers are told again, and nobody else.</p>
      </Panel>
    );
  }
  return (
    <div className={classes["ladders"]}>
      {policies.map((policy) => (
        <Ladder key={policy.name} policy={policy} rotas={rotas} />
      ))}
    </div>
  );
}

function Ladder({ policy, rotas }: { readonly policy: EscalationPolicy; readonly rotas: readonly Rota[] }): ReactElement {
  const running = policy.running === 0 ? "not running" : `running for ${plural(policy.running, "group")}`;
  return (
    <Panel title={policy.name} subtitle={policy.running === 0 ? running : <Go href={hrefs.alerts({ state: "firing", ...(policy.matchers.length === 0 ? {} : { q: formatMatchers(policy.matchers) }) })}>{running}</Go>}>
      <div className={layout["bar"]}>
        <span className={layout["quiet"]}>for</span>
        <MatcherChips matchers={policy.matchers} label={`Matchers of ${policy.name}`} />
      </div>
      <ol className={classes["ladder"]}>
        {policy.levels.map((level, place) => (
          <li key={place}>
            <span className={classes["after"]}>{level.afterMs === 0 ? "at once" : `after ${writeDuration(level.afterMs)}`}</span>
            <span className={classes["rung"]} aria-hidden>{place + 1}</span>
            <Whom level={level} rotas={rotas} />
          </li>
        ))}
      </ol>
      <p className={layout["quiet"]}>{repeatText(policy)}</p>
    </Panel>
  );
}

function Whom({ level, rotas }: { readonly level: EscalationLevel; readonly rotas: readonly Rota[] }): ReactElement {
  if (level.receivers.length + level.rotas.length === 0) return <span className={layout["quiet"]}>nobody</span>;
  return (
    <span className={classes["whom"]}>
      {level.receivers.map((name) => (
        <Go key={name} href={hrefs.deliveries({ receiver: name })}>{name}</Go>
      ))}
      {level.rotas.map((name) => {
        const member = rotas.find((rota) => rota.name === name)?.now?.member;
        return (
          <Fragment key={name}>
            <span>
              <strong>{member ?? "nobody now"}</strong> <span className={layout["quiet"]}>on call in {name}</span>
            </span>
          </Fragment>
        );
      })}
    </span>
  );
}

/** More repeats than anybody counts are no bound. */
const MANY = 10_000;

function repeatText({ repeatMs, repeatTimes }: EscalationPolicy): string {
  if (repeatMs === undefined) return "The last level is told once. It ends when somebody takes the alert on, or when it is over.";
  const times = repeatTimes === undefined || repeatTimes > MANY ? "until somebody takes the alert on" : `at most ${plural(repeatTimes, "time")}`;
  return `The last level is told again every ${writeDuration(repeatMs)}, ${times}.`;
}

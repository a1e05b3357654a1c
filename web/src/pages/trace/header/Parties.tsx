// Services and agents of the trace as chips in their colours; a click finds their spans.
import { useMemo, useState, type ReactElement } from "react";
import type { OutlineParty } from "@/api/schema";
import { slotVar } from "@/lib/colour";
import { toNumber } from "@/lib/counts";
import { formatCount, formatExact, plural } from "@/lib/numbers";
import { findTerm } from "@/lib/trace/find";
import { workKinds } from "@/lib/trace/read";
import type { TraceSearch } from "../search";
import type { TraceView } from "../useTraceView";
import classes from "./TraceHeader.module.css";

interface PartiesProps {
  readonly view: TraceView;
  readonly find: string;
  readonly set: (patch: Partial<TraceSearch>) => void;
}

/** So many chips show before the rest folds. */
const FIRST = 8;

/** The chips. Those of what bars are coloured by have the colour. */
export function Parties({ view, find, set }: PartiesProps): ReactElement | null {
  const { services, agents } = view.model;
  const [all, setAll] = useState(false);
  const chips: { field: "agent" | "service"; party: OutlineParty }[] = [
    ...(services.length > 1 || agents.length === 0 ? services.map((party) => ({ field: "service" as const, party })) : []),
    ...agents.map((party) => ({ field: "agent" as const, party })),
  ];
  if (chips.length === 0) return null;
  const shown = all ? chips : chips.slice(0, FIRST);
  return (
    <div className={classes.parties} role="group" aria-label="Services and agents of the trace">
      {view.colour === "kind" ? <Kinds view={view} find={find} set={set} /> : null}
      {shown.map(({ field, party }) => {
        const term = findTerm(field, party.name);
        const on = find === term;
        return (
          <Party key={term} field={field} party={party} coloured={view.colour === field} on={on} onClick={() => set(on ? { find: "", only: false } : { find: term })} />
        );
      })}
      {chips.length > FIRST ? (
        <button type="button" className={classes.party} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${chips.length - FIRST} more`}
        </button>
      ) : null}
    </div>
  );
}

/** What the colours mean where they tell the kind of work. */
function Kinds({ view, find, set }: PartiesProps): ReactElement {
  const { model } = view;
  const kinds = useMemo(() => workKinds(model), [model]);
  return (
    <>
      {kinds.map((kind) => {
        const on = find === kind.find;
        return (
          <button key={kind.slot} type="button" className={classes.party} aria-pressed={on} title={`${plural(kind.spans, "span")}. Click to find them.`} onClick={() => set(on ? { find: "", only: false } : { find: kind.find })}>
            <span className={classes.swatch} style={{ background: slotVar(kind.slot) }} aria-hidden />
            <span className={classes.partyName}>{kind.word}</span>
            <span className={classes.count}>{formatCount(kind.spans)}</span>
          </button>
        );
      })}
    </>
  );
}

interface PartyProps {
  readonly field: "agent" | "service";
  readonly party: OutlineParty;
  readonly coloured: boolean;
  readonly on: boolean;
  readonly onClick: () => void;
}

function Party({ field, party, coloured, on, onClick }: PartyProps): ReactElement {
  const errors = toNumber(party.errorCount);
  const tokens = toNumber(party.usage.inputTokens) + toNumber(party.usage.outputTokens);
  const words = [`${field} ${party.name}`, plural(party.spanCount, "span"), ...(errors > 0 ? [plural(errors, "error")] : []), ...(tokens > 0 ? [`${formatExact(tokens)} tokens`] : [])];
  return (
    <button type="button" className={classes.party} aria-pressed={on} title={`${words.join(", ")}. Click to find its spans.`} onClick={onClick}>
      {coloured ? <span className={classes.swatch} style={{ background: slotVar(party.slot) }} aria-hidden /> : null}
      <span className={classes.partyName}>{party.name === "" ? `(no ${field})` : party.name}</span>
      <span className={classes.count}>{formatCount(party.spanCount)}</span>
      {errors > 0 ? <span className={classes.bad}>{plural(errors, "error")}</span> : null}
    </button>
  );
}

// One trace in the list.
import type { ReactElement, ReactNode } from "react";
import type { TraceSummary } from "@/api/schema";
import { CountOf, Duration } from "@/components/Figures";
import { Go } from "@/components/Go";
import { slotVar } from "@/lib/colour";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import { COLUMN_INFO } from "@/lib/traces/columns";
import { fewServices, nameOfTrace } from "@/lib/traces/results";
import type { Column } from "@/lib/traces/search";
import { useZone } from "@/shell/timeRange";
import classes from "./ResultTable.module.css";

interface ResultRowProps {
  readonly trace: TraceSummary;
  readonly cols: readonly Column[];
  readonly template: string;
  /** What a full bar stands for, ms. */
  readonly full: number;
  readonly dates: boolean;
  readonly slotOf: (service: string) => number | undefined;
  readonly ticked: boolean;
  readonly onTick: () => void;
  readonly narrow: boolean;
}

/** The cells of a row. */
export function ResultRow({ trace, cols, template, full, dates, slotOf, ticked, onTick, narrow }: ResultRowProps): ReactElement {
  const zone = useZone();
  const { name, service, rooted } = nameOfTrace(trace);
  const startMs = Date.parse(trace.startTime);
  const cells: Readonly<Record<Column, () => ReactNode>> = {
    start: () => (
      <time dateTime={trace.startTime} title={zone.dateTimeNs(trace.startTime)}>
        {dates ? zone.dateTime(startMs) : zone.timeMs(startMs)}
      </time>
    ),
    name: () => <NameCell trace={trace} name={name} service={service} rooted={rooted} slot={slotOf(service)} />,
    duration: () => <DurationCell ms={trace.durationMs} full={full} />,
    spans: () => <CountOf count={trace.spanCount} />,
    errors: () => <Errors count={toNumber(trace.errorCount)} />,
    services: () => <Services services={trace.services} first={service} slotOf={slotOf} />,
    id: () => <code title={trace.traceId}>{shortId(trace.traceId)}</code>,
  };
  return (
    <div className={classes["row"]} role="presentation" data-narrow={narrow || undefined} style={narrow ? {} : { gridTemplateColumns: template }}>
      <span role="cell" className={classes["cell"]}>
        <input type="checkbox" className={classes["tick"]} checked={ticked} aria-label={`Compare ${name}, ${shortId(trace.traceId)}`} onChange={onTick} onClick={(event) => event.stopPropagation()} />
      </span>
      {cols.map((column) => (
        <span key={column} role="cell" className={classes["cell"]} data-column={column} data-right={COLUMN_INFO[column].right || undefined}>
          {cells[column]()}
        </span>
      ))}
    </div>
  );
}

interface NameCellProps {
  readonly trace: TraceSummary;
  readonly name: string;
  readonly service: string;
  readonly rooted: boolean;
  readonly slot: number | undefined;
}

function NameCell({ trace, name, service, rooted, slot }: NameCellProps): ReactElement {
  return (
    <>
      <span className={classes["slot"]} style={slot === undefined ? {} : { background: slotVar(slot) }} aria-hidden />
      <Go href={hrefs.trace(trace.traceId)} className={classes["name"]} tabIndex={-1} title={`${name}, ${service}`} onClick={(event) => event.stopPropagation()}>
        {name}
      </Go>
      <span className={classes["rest"]} {...(rooted ? {} : { title: "The root span has not arrived: the trace may still be running" })}>
        {rooted ? service : `no root yet · ${service}`}
      </span>
    </>
  );
}

function DurationCell({ ms, full }: { readonly ms: number; readonly full: number }): ReactElement {
  const share = full > 0 ? Math.min(1, Math.max(0.01, ms / full)) : 0;
  return (
    <>
      <span className={classes["track"]} aria-hidden>
        <span className={classes["length"]} data-over={ms > full || undefined} style={{ transform: `scaleX(${share})` }} />
      </span>
      <Duration ms={ms} />
    </>
  );
}

function Errors({ count }: { readonly count: number }): ReactElement {
  return count === 0 ? <span className={classes["none"]}>0</span> : <span className={classes["failed"]}><CountOf count={count} /></span>;
}

interface ServicesProps {
  readonly services: readonly string[];
  readonly first: string;
  readonly slotOf: (service: string) => number | undefined;
}

const MOST_SERVICES = 2;

function Services({ services, first, slotOf }: ServicesProps): ReactElement {
  const { shown, more } = fewServices(services, first, MOST_SERVICES);
  return (
    <span className={classes["services"]} title={services.join(", ")}>
      {shown.map((service) => {
        const slot = slotOf(service);
        return (
          <span key={service} className={classes["service"]}>
            <span className={classes["dot"]} style={slot === undefined ? {} : { background: slotVar(slot) }} aria-hidden />
            <span className={classes["serviceName"]}>{service}</span>
          </span>
        );
      })}
      {more > 0 ? <span className={classes["quiet"]}>{`+${more}`}</span> : null}
    </span>
  );
}

// One line of a list: time, severity, service, chosen columns, body with its attributes, trace. Nothing but what is shown.
import { memo, type ReactElement } from "react";
import { Go } from "@/components/Go";
import { slotVar } from "@/lib/colour";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import { inLines, inOneLine } from "@/lib/logs/body";
import { piecesOf } from "@/lib/logs/highlight";
import { asText, pairsOf, valueOf, type Line } from "@/lib/logs/line";
import { severityWord, toneOf } from "@/lib/logs/severity";
import { formatDate, formatTimeMs, type Zone } from "@/lib/zone";
import classes from "./LineRow.module.css";

/** How lines look in a list. */
export interface LineLook {
  readonly zone: Zone;
  /** Whether times name their day. */
  readonly days: boolean;
  readonly wrap: boolean;
  readonly columns: readonly string[];
  /** Names of attributes that do not follow the body. */
  readonly hidden: ReadonlySet<string>;
  readonly words: RegExp | undefined;
  /** Colour slots of services. */
  readonly slots: Readonly<Record<string, number>>;
  /** Characters of the longest name of a service. */
  readonly longest: number;
}

/** Attributes behind a line; more where there is room for them. */
const PAIRS = 6;
const PAIRS_WRAPPED = 12;

/** A text with its search words marked. */
export function Marked({ text, words }: { readonly text: string; readonly words: RegExp | undefined }): ReactElement {
  return (
    <>
      {piecesOf(text, words).map((piece, index) => (piece.hit ? <mark key={index} className={classes["hit"]}>{piece.text}</mark> : piece.text))}
    </>
  );
}

/** `14:05:09.250`, with its day where `days`. */
function timeText(line: Line, { zone, days }: LineLook): string {
  const ms = Date.parse(line.timestamp);
  return days ? `${formatDate(ms, zone).slice(5)} ${formatTimeMs(ms, zone)}` : formatTimeMs(ms, zone);
}

/** The cells of a line. */
export const LineCells = memo(function LineCells({ line, look }: { readonly line: Line; readonly look: LineLook }): ReactElement {
  const slot = look.slots[line.serviceName];
  return (
    <>
      <div role="gridcell" className={classes["time"]} title={line.timestamp}>
        {timeText(line, look)}
      </div>
      <div role="gridcell" className={classes["severity"]} data-tone={toneOf(line.severity)}>
        {severityWord(line.severity)}
      </div>
      <div role="gridcell" className={classes["service"]} title={line.serviceName}>
        <span className={classes["tick"]} style={slot === undefined ? undefined : { background: slotVar(slot) }} aria-hidden />
        <span className={classes["serviceName"]}>{line.serviceName === "" ? "–" : line.serviceName}</span>
      </div>
      {look.columns.map((name) => (
        <div key={name} role="gridcell" className={classes["column"]} title={`${name}=${asText(valueOf(line, name))}`}>
          {asText(valueOf(line, name)) || "–"}
        </div>
      ))}
      <div role="gridcell" className={classes["body"]}>
        <Marked text={look.wrap ? inLines(line.body) : inOneLine(line.body)} words={look.words} />
        {pairsOf(line, look.hidden, look.wrap ? PAIRS_WRAPPED : PAIRS).map(([name, value]) => (
          <span key={name} className={classes["pair"]}>
            {" "}
            <span className={classes["name"]}>{name}=</span>
            {value}
          </span>
        ))}
      </div>
      <div role="gridcell" className={classes["trace"]}>
        {line.traceId === undefined ? null : (
          <Go
            href={hrefs.trace(line.traceId, line.spanId === undefined ? {} : { span: line.spanId })}
            className={classes["link"]}
            title={`Open trace ${line.traceId}${line.spanId === undefined ? "" : " at this span"}`}
            onClick={(event) => event.stopPropagation()}
          >
            {shortId(line.traceId)}
          </Go>
        )}
      </div>
    </>
  );
});

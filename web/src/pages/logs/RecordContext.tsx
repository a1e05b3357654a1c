// The lines before and after a record, whatever the page's filters say; by position, so that bursts with one time stay whole.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from "react";
import { api } from "@/api/client";
import { Segments } from "@/components/Segments";
import { inOneLine } from "@/lib/logs/body";
import { linesOf, type Line } from "@/lib/logs/line";
import { severityWord, toneOf } from "@/lib/logs/severity";
import { Failure, Loading } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { useLogs } from "./context";
import classes from "./RecordContext.module.css";

const FIRST = 20;
const MORE = 50;
/** Lines on each side at most. */
const SIDE_MAX = 1000;

type Stream = "resource" | "all";

/** Context of a record. The lines that are asked for grow on both sides. */
export function RecordContext({ line }: { readonly line: Line }): ReactElement {
  const [stream, setStream] = useState<Stream>("resource");
  const [sides, setSides] = useState({ before: FIRST, after: FIRST });
  const query = useQuery({
    queryKey: ["logs", "context", line.id, stream, sides],
    queryFn: ({ signal }) => api.get("/api/v1/logs/{id}/context", { path: { id: line.id }, query: { ...sides, stream, values: "preview" }, signal }),
    placeholderData: (previous) => previous,
  });
  const { data } = query;
  return (
    <section aria-label="Lines around this one">
      <div className={classes["bar"]}>
        <Segments
          label="Whose lines"
          value={stream}
          options={[{ value: "resource", label: "Same service" }, { value: "all", label: "All services" }]}
          onChange={setStream}
        />
        <span className={classes["note"]}>Filters are off here.</span>
      </div>
      {query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : null}
      {data === undefined && !query.isError ? <Loading rows={20} /> : null}
      {data === undefined ? null : (
        <Around
          lines={linesOf(data)}
          index={data.index}
          all={stream === "all"}
          sides={sides}
          onMore={(side) => setSides((now) => ({ ...now, [side]: Math.min(SIDE_MAX, now[side] + MORE) }))}
        />
      )}
    </section>
  );
}

interface AroundProps {
  readonly lines: readonly Line[];
  readonly index: number;
  readonly all: boolean;
  readonly sides: { readonly before: number; readonly after: number };
  readonly onMore: (side: "before" | "after") => void;
}

function Around({ lines, index, all, sides, onMore }: AroundProps): ReactElement {
  const zone = useZone();
  const { open } = useLogs();
  const here = useRef<HTMLLIElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const before = useRef(index);
  useEffect(() => {
    // Some browsers answer with a promise.
    void here.current?.scrollIntoView({ block: "center" });
  }, []);
  // Lines that come in above push nothing down.
  useLayoutEffect(() => {
    const came = index - before.current;
    before.current = index;
    const scroller = list.current?.closest("[data-scroller]");
    if (came > 0 && scroller) scroller.scrollTop += came * 24;
  }, [index]);
  const moreBefore = index >= sides.before && sides.before < SIDE_MAX;
  const moreAfter = lines.length - index - 1 >= sides.after && sides.after < SIDE_MAX;
  return (
    <>
      {moreBefore ? <button type="button" className={classes["more"]} onClick={() => onMore("before")}>Earlier lines</button> : <p className={classes["end"]}>{sides.before < SIDE_MAX ? "Nothing before this." : "More before this is in the list."}</p>}
      <ol ref={list} className={classes["lines"]}>
        {lines.map((one, at) => (
          <li key={one.id} ref={at === index ? here : undefined} className={classes["line"]} data-here={at === index} data-tone={toneOf(one.severity)} {...(at === index ? { "aria-current": "true" as const } : {})}>
            <button type="button" className={classes["button"]} onClick={() => open(one)} title={`${one.timestamp} ${one.serviceName}`}>
              <span className={classes["time"]}>{zone.timeMs(Date.parse(one.timestamp))}</span>
              <span className={classes["severity"]} data-tone={toneOf(one.severity)}>{severityWord(one.severity)}</span>
              {all ? <span className={classes["service"]}>{one.serviceName}</span> : null}
              <span className={classes["text"]}>{inOneLine(one.body)}</span>
            </button>
          </li>
        ))}
      </ol>
      {moreAfter ? <button type="button" className={classes["more"]} onClick={() => onMore("after")}>Later lines</button> : <p className={classes["end"]}>{sides.after < SIDE_MAX ? "Nothing after this yet." : "More after this is in the list."}</p>}
    </>
  );
}

// The open record: what it says, its attributes, as JSON, and the lines around it.
import { IconLink, IconX } from "@tabler/icons-react";
import { useEffect, useRef, type ReactElement } from "react";
import { CopyButton } from "@/components/CopyButton";
import { copyText } from "@/lib/copy";
import { IconButton } from "@/components/IconButton";
import { JsonView } from "@/components/JsonView";
import { Segments } from "@/components/Segments";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import type { Line } from "@/lib/logs/line";
import { severityWord, toneOf } from "@/lib/logs/severity";
import { Failure, Loading } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { useLogs } from "./context";
import { lineAddress } from "./lineAddress";
import { RecordContext } from "./RecordContext";
import { RecordTable } from "./RecordTable";
import type { AskedRecord } from "./useRecord";
import classes from "./RecordPanel.module.css";

const PANELS = [
  { value: "record", label: "Record" },
  { value: "json", label: "JSON" },
  { value: "context", label: "Context" },
] as const;

interface RecordPanelProps {
  readonly asked: AskedRecord;
  readonly onFull: () => void;
  readonly words: RegExp | undefined;
  /** Covers the page: it takes the focus. */
  readonly sheet: boolean;
}

/** The panel. */
export function RecordPanel({ asked, onFull, words, sheet }: RecordPanelProps): ReactElement {
  const { search, conditions, set, close } = useLogs();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (sheet) box.current?.focus();
  }, [sheet]);
  const { line } = asked;
  return (
    <aside
      ref={box}
      className={classes["panel"]}
      data-sheet={sheet}
      aria-label="Log record"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <h2 className={classes["hidden"]}>Log record</h2>
      <header className={classes["head"]}>
        <Segments label="What of the record" value={search.panel} options={PANELS} onChange={(panel) => set({ panel }, "replace")} />
        <span className={classes["tools"]}>
          {line === undefined ? null : (
            <>
              <CopyButton text={() => JSON.stringify(line, undefined, 2)} what="record as JSON" />
              <CopyLink address={() => lineAddress(line, conditions)} />
            </>
          )}
          <IconButton icon={IconX} label="Close (Esc)" onClick={close} />
        </span>
      </header>
      <div className={classes["body"]} data-scroller>
        {line === undefined && asked.error === null ? <Loading rows={12} /> : null}
        {asked.error === null ? null : <Failure error={asked.error} onRetry={asked.retry} />}
        {line === undefined ? null : <Contents line={line} panel={search.panel} words={words} onFull={onFull} loading={asked.loading} />}
      </div>
    </aside>
  );
}

function CopyLink({ address }: { readonly address: () => string }): ReactElement {
  const { say } = useLogs();
  return (
    <IconButton
      icon={IconLink}
      label="Copy a link to this line (y)"
      onClick={() => {
        void copyText(address()).then((done) => say(done ? "Link to the line copied." : "The browser refused to copy."));
      }}
    />
  );
}

function Contents({ line, panel, words, onFull, loading }: { readonly line: Line; readonly panel: "record" | "json" | "context"; readonly words: RegExp | undefined; readonly onFull: () => void; readonly loading: boolean }): ReactElement {
  const zone = useZone();
  return (
    <>
      <dl className={classes["facts"]}>
        <dt>Time</dt>
        <dd>{zone.dateTimeNs(line.timestamp)}</dd>
        <dt>Level</dt>
        <dd data-tone={toneOf(line.severity)}>
          {severityWord(line.severity)}
          {line.severityText === undefined || line.severityText.toLowerCase() === line.severity.toLowerCase() ? null : <span className={classes["quiet"]}> as {line.severityText}</span>}
        </dd>
        <dt>Service</dt>
        <dd>
          <Go href={hrefs.services({ service: line.serviceName })}>{line.serviceName}</Go>
        </dd>
        {line.traceId === undefined ? null : (
          <>
            <dt>Trace</dt>
            <dd>
              <Go href={hrefs.trace(line.traceId, { span: line.spanId })}>
                {line.spanId === undefined ? "open the trace" : `open the span ${shortId(line.spanId)}`} <code>{shortId(line.traceId)}</code>
              </Go>
              <CopyButton text={line.traceId} what="trace id" />
              <Go href={hrefs.logs({ trace_id: line.traceId })}>its logs</Go>
            </dd>
          </>
        )}
      </dl>
      {panel === "record" ? <RecordTable line={line} words={words} onFull={onFull} loading={loading} /> : null}
      {panel === "json" ? <JsonView label="record" value={line} /> : null}
      {panel === "context" ? <RecordContext key={line.id} line={line} /> : null}
    </>
  );
}

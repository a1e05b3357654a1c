// A record for reading: body, exception, attributes with copy, filter and "as column"; then who sent it.
import { IconColumnInsertRight, IconDownload } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { CopyButton } from "@/components/CopyButton";
import { IconButton } from "@/components/IconButton";
import { KeyValues, type KeyValue } from "@/components/KeyValues";
import { saveText } from "@/lib/copy";
import { exceptionOf, readable } from "@/lib/logs/body";
import { exclude, include } from "@/lib/logs/filters";
import { asText, isRecord, largeValue, type Line } from "@/lib/logs/line";
import { formatBytes } from "@/lib/units";
import { useLogs } from "./context";
import { Marked } from "./LineRow";
import classes from "./RecordTable.module.css";

/** Characters of a text that are shown at once. */
const SHOWN_MAX = 100_000;

/** Attributes that are shown as the exception. */
const SHOWN_ABOVE: ReadonlySet<string> = new Set(["exception.message", "exception.stacktrace"]);

interface RecordTableProps {
  readonly line: Line;
  readonly words: RegExp | undefined;
  readonly onFull: () => void;
  readonly loading: boolean;
}

/** The record. */
export function RecordTable({ line, words, onFull, loading }: RecordTableProps): ReactElement {
  const exception = exceptionOf(line.attributes);
  const scope = [...(line.scope.name === undefined ? [] : [["name", line.scope.name] as const]), ...(line.scope.version === undefined ? [] : [["version", line.scope.version] as const]), ...Object.entries(line.scope.attributes ?? {})];
  const event = line.eventName === undefined ? [] : [["event_name", line.eventName] as const];
  return (
    <>
      <Body title="Body" value={line.body} name={`log-${line.id}.txt`} words={words} onFull={onFull} loading={loading} />
      {exception === undefined ? null : (
        <section aria-label="Exception" className={classes["exception"]}>
          <div className={classes["bar"]}>
            <h3 className={classes["title"]}>{exception.type === "" ? "Exception" : exception.type}</h3>
            <CopyButton text={[exception.type, exception.message, exception.stack].filter((text) => text !== "").join("\n")} what="exception" />
          </div>
          {exception.message === "" ? null : <p className={classes["message"]}>{exception.message}</p>}
          {exception.stack === "" ? null : <pre className={classes["text"]} tabIndex={0}>{exception.stack.slice(0, SHOWN_MAX)}</pre>}
        </section>
      )}
      <Attributes title="Attributes" entries={[...event, ...Object.entries(line.attributes).filter(([name]) => !SHOWN_ABOVE.has(name))]} onFull={onFull} filters />
      <Attributes title="Resource" entries={Object.entries(line.resource.attributes)} onFull={onFull} filters />
      <Attributes title="Scope" entries={scope} onFull={onFull} />
      <Rest line={line} />
    </>
  );
}

function Body({ title, value, name, words, onFull, loading }: { readonly title: string; readonly value: unknown; readonly name: string } & Omit<RecordTableProps, "line">): ReactElement {
  const body = readable(value);
  const cut = body.text.length > SHOWN_MAX;
  return (
    <section aria-label={title} className={classes["body"]}>
      <div className={classes["bar"]}>
        <h3 className={classes["title"]}>{title}</h3>
        <span className={classes["kind"]}>{body.kind === "json" ? "JSON" : body.kind === "stack" ? "stack trace" : body.kind === "large" ? `the first words of ${formatBytes(body.bytes)}` : ""}</span>
        {body.kind === "large" ? (
          <button type="button" className={classes["load"]} disabled={loading} onClick={onFull}>
            {loading ? "Loading…" : "Load all of it"}
          </button>
        ) : null}
        {cut ? <IconButton icon={IconDownload} label="Save all of it as a file" onClick={() => saveText(name, "text/plain", body.text)} /> : null}
        {body.kind === "empty" ? null : <CopyButton text={body.text} what="body" />}
      </div>
      {body.kind === "empty" ? (
        <p className={classes["none"]}>No body.</p>
      ) : (
        <pre className={classes["text"]} tabIndex={0} data-kind={body.kind}>
          <Marked text={cut ? body.text.slice(0, SHOWN_MAX) : body.text} words={words} />
        </pre>
      )}
      {cut ? <p className={classes["none"]}>{`The first ${formatBytes(SHOWN_MAX)} of ${formatBytes(body.text.length)}: copy or save gives all.`}</p> : null}
    </section>
  );
}

interface AttributesProps {
  readonly title: string;
  readonly entries: readonly (readonly [string, unknown])[];
  readonly onFull: () => void;
  /** Whether the names can be filtered by. */
  readonly filters?: boolean;
}

function Attributes({ title, entries, onFull, filters = false }: AttributesProps): ReactElement | null {
  const { conditions, ask, search, set } = useLogs();
  if (entries.length === 0) return null;
  const items = entries.map(([key, value]): KeyValue => {
    const large = largeValue(value);
    const asColumn = filters && !search.cols.includes(key) ? <IconButton icon={IconColumnInsertRight} label={`${key} as a column`} onClick={() => set({ cols: [...search.cols, key] }, "replace")} /> : null;
    return {
      key,
      value: isRecord(value) && large === undefined ? JSON.stringify(value) : asText(value),
      show: (
        <span className={classes["shown"]}>
          <span>{typeof value === "object" && large === undefined ? JSON.stringify(value, undefined, 1) : asText(value).slice(0, SHOWN_MAX)}</span>
          {large === undefined ? null : (
            <button type="button" className={classes["load"]} onClick={onFull}>
              load all {formatBytes(large.bytes)}
            </button>
          )}
          <span className={classes["asColumn"]}>{asColumn}</span>
        </span>
      ),
    };
  });
  return (
    <section className={classes["attributes"]}>
      <h3 className={classes["title"]}>{title}</h3>
      <KeyValues
        label={title}
        items={items}
        {...(filters ? { onInclude: (item: KeyValue) => ask(include(conditions, item.key, item.value)), onExclude: (item: KeyValue) => ask(exclude(conditions, item.key, item.value)) } : {})}
      />
    </section>
  );
}

function Rest({ line }: { readonly line: Line }): ReactElement {
  const items = [
    { key: "id", value: line.id },
    { key: "observed", value: line.observedTimestamp ?? "" },
    { key: "trace_id", value: line.traceAlias === undefined ? (line.traceId ?? "") : `${line.traceId} (${line.traceAlias})` },
    { key: "span_id", value: line.spanAlias === undefined ? (line.spanId ?? "") : `${line.spanId} (${line.spanAlias})` },
    { key: "severity_number", value: line.severityNumber === 0 ? "" : String(line.severityNumber) },
    { key: "dropped_attributes", value: line.droppedAttributesCount === undefined ? "" : String(line.droppedAttributesCount) },
  ].filter((item) => item.value !== "" && item.value !== "0");
  return (
    <section className={classes["attributes"]}>
      <h3 className={classes["title"]}>Record</h3>
      <KeyValues label="Record" items={items} />
    </section>
  );
}

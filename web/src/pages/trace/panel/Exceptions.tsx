// Exceptions with readable stacks: the program's own frames stand out, those of libraries fold.
import { useMemo, useState, type ReactElement } from "react";
import type { SpanEvent } from "@/api/schema";
import { CopyButton } from "@/components/CopyButton";
import { plural } from "@/lib/numbers";
import { parseStack, type StackLine } from "@/lib/trace/stacktrace";
import { valueText, type Attributes } from "@/lib/trace/values";
import own from "./Exceptions.module.css";
import classes from "./Panel.module.css";

/** An exception as a span tells it. */
export interface Thrown {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
}

/** Exceptions in a span's events and attributes. */
export function exceptionsOf(attributes: Attributes, events: readonly SpanEvent[]): readonly Thrown[] {
  const read = (from: Attributes): Thrown => ({
    type: valueText(from["exception.type"]),
    message: valueText(from["exception.message"]),
    stack: valueText(from["exception.stacktrace"]),
  });
  const all = [...events.filter((event) => event.name === "exception").map((event) => read(event.attributes)), read(attributes)];
  return all.filter((one) => one.type !== "" || one.message !== "" || one.stack !== "");
}

/** One exception. */
export function Exception({ thrown }: { readonly thrown: Thrown }): ReactElement {
  const { type, message, stack } = thrown;
  return (
    <div className={own.thrown}>
      <div className={own.thrownHead}>
        <b className={own.bad}>{type === "" ? "Exception" : type}</b>
        <CopyButton text={stack === "" ? `${type}: ${message}` : stack} what="exception" />
      </div>
      {message === "" ? null : <div className={classes.prose}>{message}</div>}
      {stack === "" ? null : <Stack stack={stack} />}
    </div>
  );
}

/** Frames in order; runs of library frames are one line until they are opened. */
function Stack({ stack }: { readonly stack: string }): ReactElement {
  const runs = useMemo(() => runsOf(parseStack(stack)), [stack]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  return (
    <ol className={own.stack}>
      {runs.map((run, index) => {
        const folds = run.length > 1 && run.every((line) => line.kind === "frame" && line.library);
        if (!folds || open.has(index)) return run.map((line, at) => <Line key={`${index}-${at}`} line={line} />);
        return (
          <li key={index}>
            <button type="button" className={classes.linkish} onClick={() => setOpen(new Set([...open, index]))}>
              {plural(run.length, "frame")} in libraries
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function runsOf(lines: readonly StackLine[]): readonly (readonly StackLine[])[] {
  const runs: StackLine[][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    const library = line.kind === "frame" && line.library;
    const before = last?.at(-1);
    if (library && last !== undefined && before?.kind === "frame" && before.library) last.push(line);
    else runs.push([line]);
  }
  return runs;
}

function Line({ line }: { readonly line: StackLine }): ReactElement {
  if (line.kind === "text") return <li className={own.stackText}>{line.text}</li>;
  return (
    <li className={own.frame} data-library={line.library || undefined}>
      <span className={own.where}>{line.where}</span>{" "}
      <span className={own.file}>
        {line.file}
        {line.line === "" ? "" : `:${line.line}`}
      </span>
      {line.code === "" ? null : <code className={own.codeLine}>{line.code}</code>}
    </li>
  );
}

// All about one span: what was said first, then figures, attributes, exceptions, events, links, origin.
import { IconFocusCentered, IconLink, IconList, IconX } from "@tabler/icons-react";
import { useState, type ReactElement, type ReactNode } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Go } from "@/components/Go";
import { IconButton } from "@/components/IconButton";
import { slotVar } from "@/lib/colour";
import { copyText } from "@/lib/copy";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import type { TraceModel } from "@/lib/trace/model";
import { agentOf, failed, kindOf, nameOf, serviceOf, shownName, slotOf } from "@/lib/trace/read";
import controls from "@/shell/controls.module.css";
import { Failure, Loading } from "@/shell/help";
import { rangeOf } from "../useTraceKeys";
import type { PageState } from "../useTraceModel";
import type { TraceView } from "../useTraceView";
import { TimeFacts } from "./Facts";
import classes from "./Panel.module.css";
import { SpanBody } from "./SpanBody";
import { useSpan } from "./useSpan";

interface SpanPanelProps {
  readonly model: TraceModel;
  readonly spanId: string;
  readonly view: TraceView;
  /** How the fetching of its place in the tree fares, where it was paged out. */
  readonly pending: PageState | undefined;
  readonly onClose: () => void;
}

/** The panel of a span. */
export function SpanPanel({ model, spanId, view, pending, onClose }: SpanPanelProps): ReactElement {
  const row = model.rowOf.get(spanId) ?? -1;
  const data = useSpan(model.traceId, spanId);
  const { document: doc } = data;
  const name = row >= 0 ? nameOf(model, row) : (doc?.span.operationName ?? `Span ${shortId(spanId)}`);
  const service = row >= 0 ? serviceOf(model, row) : (doc?.span.serviceName ?? "");
  const open = (id: string): void => {
    const other = model.rowOf.get(id) ?? -1;
    if (other >= 0) view.select(other, true);
  };
  return (
    <section className={classes.panel} aria-label="Span details">
      <header className={classes.head}>
        <div className={classes.headLine}>
          <h2 className={classes.title} data-bad={(row >= 0 ? failed(model, row) : doc?.span.status === "ERROR") || undefined}>
            {shownName(name)}
          </h2>
          <IconButton icon={IconX} label="Close the span (Esc)" onClick={onClose} />
        </div>
        <Who model={model} row={row} service={service} view={view} spanId={spanId} />
        <Actions model={model} row={row} spanId={spanId} name={name} service={service} view={view} />
      </header>
      {row >= 0 ? <TimeFacts model={model} row={row} /> : <Elsewhere pending={pending} />}
      {doc === undefined ? data.error === null ? <Loading rows={10} /> : <Failure error={data.error} onRetry={data.retry} /> : <SpanBody doc={doc} data={data} onOpen={open} />}
    </section>
  );
}

function Who({ model, row, service, view, spanId }: { readonly model: TraceModel; readonly row: number; readonly service: string; readonly view: TraceView; readonly spanId: string }): ReactElement {
  const slot = row < 0 ? -1 : slotOf(model, row, view.colour);
  const agent = row < 0 ? "" : agentOf(model, row);
  const words = [...(agent === "" ? [] : [agent]), service, ...(row < 0 || kindOf(model, row) === "unspecified" ? [] : [kindOf(model, row)]), ...(row >= 0 && (model.detail[row] ?? "") !== "" ? [model.detail[row] ?? ""] : [])];
  return (
    <div className={classes.who}>
      <span className={classes.swatch} style={{ background: slot < 0 ? "var(--steady)" : slotVar(slot) }} aria-hidden />
      <span className={classes.whoWords}>{words.join(" · ")}</span>
      <code className={classes.quiet}>{shortId(spanId)}</code>
      <CopyButton text={spanId} what="span id" />
    </div>
  );
}

/** The span is not among the rows that are loaded. */
function Elsewhere({ pending }: { readonly pending: PageState | undefined }): ReactElement {
  const words =
    pending?.state === "loading" ? "Looking for its place in the tree …" : pending?.state === "failed" ? `Its place in the tree could not be loaded: ${pending.message}.` : "It is not among the rows that are shown.";
  return (
    <p className={classes.quiet} role="status">
      {words}
    </p>
  );
}

interface ActionsProps {
  readonly model: TraceModel;
  readonly row: number;
  readonly spanId: string;
  readonly name: string;
  readonly service: string;
  readonly view: TraceView;
}

function Actions({ model, row, spanId, name, service, view }: ActionsProps): ReactElement {
  const [copied, setCopied] = useState(false);
  const button = (words: string, icon: ReactNode): ReactNode => (
    <>
      {icon}
      {words}
    </>
  );
  return (
    <div className={classes.actions}>
      <Go className={controls["button"]} href={hrefs.logs({ trace_id: model.traceId, span_id: spanId, ...rangeOf({ model }) })} title="Logs of this span (l)">
        Logs
      </Go>
      <button type="button" className={controls["button"]} disabled={row < 0} title="Zoom to this span and what is below it (z)" onClick={() => view.zoomTo(row)}>
        {button("Zoom", <IconFocusCentered size={14} aria-hidden />)}
      </button>
      <Go className={controls["button"]} href={hrefs.traces({ service, name })} title={`Traces with ${name} in ${service}`}>
        {button("Similar", <IconList size={14} aria-hidden />)}
      </Go>
      <button type="button" className={controls["button"]} title="Copy the link to this span (y)" onClick={() => void copyText(location.href).then(setCopied)}>
        {button(copied ? "Copied" : "Link", <IconLink size={14} aria-hidden />)}
      </button>
    </div>
  );
}

// What the server tells of a span, in sections; those with nothing in them are left out.
import { useEffect, useId, useMemo, type ReactElement, type ReactNode } from "react";
import type { SpanDocument } from "@/api/schema";
import { toNumber } from "@/lib/counts";
import { plural } from "@/lib/numbers";
import { conversationOf } from "@/lib/trace/genai/conversation";
import { modelFacts } from "@/lib/trace/genai/facts";
import { AttributeList } from "./AttributeList";
import { Conversation } from "./Conversation";
import { EventList, LinkList } from "./EventList";
import { Exception, exceptionsOf } from "./Exceptions";
import { FactList } from "./Facts";
import classes from "./Panel.module.css";
import type { SpanData } from "./useSpan";

interface SpanBodyProps {
  readonly doc: SpanDocument;
  readonly data: SpanData;
  /** Opens another span of this trace. */
  readonly onOpen: (spanId: string) => void;
}

/** A conversation up to this size is loaded without being asked for. */
const AUTO_BYTES = 256 * 1024;
/** Events that are shown as what they mean, not as events. */
const TOLD = /^(exception|gen_ai\..*)$/u;

/** The sections of a span. */
export function SpanBody({ doc, data, onOpen }: SpanBodyProps): ReactElement {
  const { span } = doc;
  const talk = useMemo(() => conversationOf(span.attributes, span.events), [span]);
  const thrown = useMemo(() => exceptionsOf(span.attributes, span.events), [span]);
  const facts = useMemo(() => modelFacts(span.attributes), [span]);
  const { loadFull, fullError } = data;
  const small = talk.waitingBytes > 0 && talk.waitingBytes <= AUTO_BYTES;
  useEffect(() => {
    if (small) loadFull();
    // The function is new each time and does the same.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [small]);
  const events = span.events.filter((event) => !TOLD.test(event.name));
  const gone = toNumber(doc.omittedValues);
  return (
    <>
      {span.statusMessage === undefined || span.statusMessage === "" ? null : (
        <div className={span.status === "ERROR" ? classes.errorMessage : classes.message}>{span.statusMessage}</div>
      )}
      {fullError === null ? null : <p className={classes.errorMessage}>The large values could not be loaded: {fullError.message}.</p>}
      {talk.messages.length === 0 ? null : (
        <Section title="Conversation">
          <Conversation talk={talk} loading={data.loadingFull} onLoad={loadFull} />
        </Section>
      )}
      {facts.length === 0 ? null : (
        <Section title="Model call">
          <FactList facts={facts} />
        </Section>
      )}
      {thrown.length === 0 ? null : (
        <Section title={thrown.length === 1 ? "Exception" : "Exceptions"}>
          {thrown.map((one, index) => (
            <Exception key={index} thrown={one} />
          ))}
        </Section>
      )}
      <Section title="Attributes" empty={Object.keys(span.attributes).length === 0 ? "The span has none." : undefined}>
        <AttributeList label="Attributes" scope="span" attributes={span.attributes} without={talk.messages.length === 0 ? NONE : talk.keys} loading={data.loadingFull} onLoad={loadFull} />
        {gone > 0 && data.document !== undefined && !data.loadingFull ? <Dropped words={`${plural(gone, "large value")} shown by its beginning alone`} /> : null}
        {toNumber(span.droppedAttributesCount) > 0 ? <Dropped words={`${plural(toNumber(span.droppedAttributesCount), "attribute")} dropped by the sender or over the limits`} /> : null}
      </Section>
      {events.length === 0 ? null : (
        <Section title={plural(events.length, "event")}>
          <EventList events={events} start={span.startTime} />
        </Section>
      )}
      {span.links.length === 0 ? null : (
        <Section title={plural(span.links.length, "link")}>
          <LinkList links={span.links} traceId={doc.traceId} onOpen={onOpen} />
        </Section>
      )}
      <Origin doc={doc} />
    </>
  );
}

const NONE: ReadonlySet<string> = new Set();

function Section({ title, empty, children }: { readonly title: string; readonly empty?: string | undefined; readonly children: ReactNode }): ReactElement {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <h3 id={id} className={classes.sectionTitle}>
        {title}
      </h3>
      {empty === undefined ? children : <p className={classes.quiet}>{empty}</p>}
    </section>
  );
}

function Dropped({ words }: { readonly words: string }): ReactElement {
  return <p className={classes.quiet}>{words}</p>;
}

/** The resource and the library that made the span. */
function Origin({ doc }: { readonly doc: SpanDocument }): ReactElement {
  const { origin, instrumentation: scope } = doc;
  const library = [scope.name ?? "", scope.version ?? ""].filter((word) => word !== "").join(" ");
  return (
    <details className={classes.details}>
      <summary>Where it comes from</summary>
      {library === "" ? null : <FactList facts={[{ name: "Library", value: library }]} />}
      <AttributeList label="Resource" scope="resource" attributes={origin.attributes} flat />
      {scope.attributes === undefined ? null : <AttributeList label="Scope" scope="none" attributes={scope.attributes} flat />}
    </details>
  );
}

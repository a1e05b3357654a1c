// How to send the first data to this server: snippets to copy, with its real address.
import { useId, useState, useSyncExternalStore, type KeyboardEvent, type ReactElement } from "react";
import { onToken, token } from "@/api/token";
import { CopyButton } from "@/components/CopyButton";
import { absolute } from "@/lib/base";
import { snippets, type Signal, type SnippetBlock } from "@/lib/snippets";
import classes from "./FirstData.module.css";

interface FirstDataProps {
  /** What there is none of yet. */
  readonly signal: Signal;
  /** Inside a dialog: no frame and no heading. */
  readonly bare?: boolean;
}

const ALL: readonly Signal[] = ["spans", "logs", "samples"];
const WORDS = { spans: "traces", logs: "logs", samples: "metrics" } as const;

function Block({ what, text }: SnippetBlock): ReactElement {
  return (
    <figure className={classes["block"]}>
      <figcaption className={classes["what"]}>
        {what}
        <CopyButton text={text} what={what}>
          Copy
        </CopyButton>
      </figcaption>
      {/* Wide lines scroll: the keyboard must reach them. */}
      <pre className={classes["code"]} tabIndex={0} aria-label={what}>
        {text}
      </pre>
    </figure>
  );
}

/** Snippets for SDKs and the collector, as tabs. */
export function FirstData({ signal, bare = false }: FirstDataProps): ReactElement {
  const all = snippets(absolute("").href, bare ? ALL : [signal]);
  const [chosen, setChosen] = useState("curl");
  const id = useId();
  const signedIn = useSyncExternalStore(onToken, token) !== undefined;
  const snippet = all.find((one) => one.id === chosen);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = all[(all.findIndex((one) => one.id === chosen) + step + all.length) % all.length];
    if (next === undefined) return;
    setChosen(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <section className={bare ? classes["bare"] : classes["frame"]} aria-label="Send data here">
      {bare ? null : <h2 className={classes["title"]}>No {WORDS[signal]} yet</h2>}
      <p className={classes["words"]}>
        Anything that speaks OTLP can send to <code>{absolute("").href.replace(/\/$/, "")}</code>. To look around first, run <code>tacho demo</code>: it starts a server
        with agents at work. {bare ? "" : "This page fills as soon as data arrive."}
      </p>
      <div role="tablist" aria-label="Ways to send" className={classes["tabs"]} onKeyDown={onKeyDown}>
        {all.map((one) => (
          <button key={one.id} id={`${id}-${one.id}`} type="button" role="tab" aria-selected={one.id === chosen} aria-controls={`${id}-panel`} tabIndex={one.id === chosen ? 0 : -1}
            className={classes["tab"]} onClick={() => setChosen(one.id)}>
            {one.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`} className={classes["panel"]}>
        {snippet?.blocks.map((block) => <Block key={block.what} {...block} />)}
      </div>
      {signedIn ? (
        <p className={classes["words"]}>
          This server wants a token that allows <code>ingest</code>: set <code>OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN</code>.
        </p>
      ) : null}
    </section>
  );
}

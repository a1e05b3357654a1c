// A text of any length: folded to its first lines, then whole; very long ones are a virtual list of pieces.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type ReactElement } from "react";
import { CopyButton } from "@/components/CopyButton";
import { formatExact } from "@/lib/numbers";
import { chunksOf, foldText } from "@/lib/trace/textFold";
import { countLines } from "@/lib/trace/values";
import classes from "./Panel.module.css";

interface TextBlockProps {
  readonly text: string;
  /** What the text is, for the copy button: `message`. */
  readonly what: string;
  readonly mono?: boolean;
  /** Lines shown at first. */
  readonly lines?: number;
}

/** Longer texts are shown piece by piece. */
const VIRTUAL_CHARS = 40_000;

/** A text with its fold. */
export function TextBlock({ text, what, mono = false, lines = 12 }: TextBlockProps): ReactElement {
  const [open, setOpen] = useState(false);
  const folded = useMemo(() => foldText(text, lines), [text, lines]);
  const short = folded.length === text.length;
  const total = useMemo(() => (short ? 0 : countLines(text)), [short, text]);
  return (
    <div className={classes.block}>
      {open && text.length > VIRTUAL_CHARS ? <LongText text={text} mono={mono} what={what} /> : <div className={mono ? classes.code : classes.prose}>{open ? text : folded}</div>}
      {short ? null : (
        <div className={classes.foot}>
          <button type="button" className={classes.linkish} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Show less" : total > lines ? `Show all ${formatExact(total)} lines` : `Show all ${formatExact(text.length)} characters`}
          </button>
          <CopyButton text={text} what={what} />
        </div>
      )}
    </div>
  );
}

function LongText({ text, mono, what }: { readonly text: string; readonly mono: boolean; readonly what: string }): ReactElement {
  const box = useRef<HTMLDivElement | null>(null);
  const chunks = useMemo(() => chunksOf(text), [text]);
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoises what it gives
  const virtual = useVirtualizer({ count: chunks.length, getScrollElement: () => box.current, estimateSize: () => 480, overscan: 2 });
  return (
    <div ref={box} className={classes.long} role="region" aria-label={what} tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} ref={virtual.measureElement} data-index={item.index} className={`${classes.piece} ${mono ? classes.code : classes.prose}`} style={{ transform: `translateY(${item.start}px)` }}>
            {chunks[item.index]}
          </div>
        ))}
      </div>
    </div>
  );
}

// One row of the waterfall: the name in the tree, the bar on the timeline.
import { IconAlertCircleFilled, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { memo, type MouseEvent, type ReactElement } from "react";
import { slotVar } from "@/lib/colour";
import { formatExact, plural } from "@/lib/numbers";
import { PARENT_MISSING } from "@/lib/trace/columns";
import { MARK, type TraceModel } from "@/lib/trace/model";
import { agentOf, failed, nameOf, serviceOf, shownName, slotOf, type ColourBy } from "@/lib/trace/read";
import type { VisibleRow } from "@/lib/trace/rows";
import { stackFacts, type StackFacts, type Stacks } from "@/lib/trace/stacks";
import type { TimeScale } from "@/lib/trace/timeScale";
import { formatDuration } from "@/lib/units";
import { EventTicks } from "./EventTicks";
import { drawRow, type RowDrawing } from "./drawRow";
import classes from "./Row.module.css";

/** What all rows share; a new object draws all of them anew. */
export interface RowsShared {
  readonly model: TraceModel;
  readonly stacks: Stacks;
  readonly scale: TimeScale;
  /** Width of the timeline, px. */
  readonly widthPx: number;
  readonly colour: ColourBy;
  /** 1 for matches; undefined without a search. */
  readonly matches: Uint8Array | undefined;
}

interface RowProps {
  readonly shared: RowsShared;
  readonly kind: "span" | "stack";
  readonly row: number;
  readonly level: number;
  /** Undefined where there is nothing to open. */
  readonly open: boolean | undefined;
  /** Its panel is open. */
  readonly selected: boolean;
}

/** Pixels of indent for a level; deep trees indent less and less. */
export function indentOf(level: number): number {
  return level <= 14 ? level * 12 : 14 * 12 + Math.min(24, level - 14) * 2;
}

/** The contents of a row that stands for a span or a stack. */
export const Row = memo(function Row({ shared, kind, row, level, open, selected }: RowProps): ReactElement {
  const { model, scale, widthPx, stacks, colour, matches } = shared;
  const stack = kind === "stack" ? stackFacts(model, stacks, row) : undefined;
  const visible: VisibleRow = { kind, row, level, key: "" };
  const drawing = drawRow(model, scale, widthPx, visible, stack, open === false);
  const slot = slotOf(model, row, colour);
  const hue = slot < 0 ? "var(--steady)" : slotVar(slot);
  const dim = matches !== undefined && matches[row] !== 1 && stack === undefined;
  return (
    <>
      <div role="gridcell" className={classes.tree} style={{ paddingLeft: 10 + indentOf(level) }} data-dim={dim || undefined}>
        <span className={classes.guides} style={{ width: indentOf(Math.min(level, 14)) }} aria-hidden />
        <span className={classes.opener} data-open-row aria-hidden>
          {open === undefined ? null : open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </span>
        <span className={classes.tick} style={{ background: hue }} aria-hidden />
        <Words shared={shared} row={row} stack={stack} open={open} />
      </div>
      <div role="gridcell" className={classes.line} data-dim={dim || undefined}>
        <Bars drawing={drawing} hue={hue} widthPx={widthPx} />
        {selected ? <EventTicks model={model} row={row} scale={scale} widthPx={widthPx} /> : null}
        <Label drawing={drawing} model={model} row={row} stack={stack} />
      </div>
    </>
  );
});

interface WordsProps {
  readonly shared: RowsShared;
  readonly row: number;
  readonly stack: StackFacts | undefined;
  readonly open: boolean | undefined;
}

function Words({ shared, row, stack, open }: WordsProps): ReactElement {
  const { model, colour } = shared;
  const name = shownName(nameOf(model, row));
  const bad = stack === undefined ? failed(model, row) : stack.errors > 0;
  const party = partyOf(model, row, colour);
  const detail = stack === undefined ? (model.detail[row] ?? "") : "";
  const below = model.below[row] ?? 0;
  const errorsBelow = stack === undefined ? (model.errorsBelow[row] ?? 0) : stack.errorsBelow;
  return (
    <span className={classes.words} title={[name, detail, party].filter((text) => text !== "").join(" – ")}>
      {bad ? <IconAlertCircleFilled size={13} className={classes.errorMark} aria-label="error" role="img" /> : null}
      <span className={classes.name} data-bad={bad || undefined}>
        {name}
      </span>
      {stack === undefined ? null : (
        <>
          <span className={classes.times}>×{formatExact(stack.count)}</span>
          {stack.errors > 0 ? <span className={classes.badWords}>{stack.errors} failed</span> : null}
        </>
      )}
      {detail === "" ? null : <span className={classes.detail}>{detail}</span>}
      {model.parent[row] === PARENT_MISSING && model.outline.complete ? <span className={classes.below}>parent missing</span> : null}
      {party === "" ? null : <span className={classes.party}>{party}</span>}
      {open === false && stack === undefined && below > 0 ? <span className={classes.below}>+{formatExact(below)}</span> : null}
      {open === false && errorsBelow > 0 ? <span className={classes.badWords}>{plural(errorsBelow, "error")} below</span> : null}
    </span>
  );
}

/** Who did it: what the colour stands for, where there is more than one. */
function partyOf(model: TraceModel, row: number, colour: ColourBy): string {
  const agent = model.agents.length > 1 ? agentOf(model, row) : "";
  const service = model.services.length > 1 ? serviceOf(model, row) : "";
  return colour === "agent" ? agent || service : service || agent;
}

function Bars({ drawing, hue, widthPx }: { readonly drawing: RowDrawing; readonly hue: string; readonly widthPx: number }): ReactElement {
  return (
    <svg className={classes.bars} width={widthPx} height={24} aria-hidden>
      {drawing.bars === "" ? null : <path d={drawing.bars} fill={hue} />}
      {drawing.failedBars === "" ? null : <path d={drawing.failedBars} className={classes.failedBar} />}
      {drawing.critical === "" ? null : <path d={drawing.critical} className={classes.critical} />}
    </svg>
  );
}

interface LabelProps {
  readonly drawing: RowDrawing;
  readonly model: TraceModel;
  readonly row: number;
  readonly stack: StackFacts | undefined;
}

function Label({ drawing, model, row, stack }: LabelProps): ReactElement {
  const { place, at, label, beyond } = drawing;
  if (beyond !== "") return <span className={beyond === "before" ? classes.before : classes.after}>{beyond === "before" ? `← ${label}` : `${label} →`}</span>;
  const marks = model.marks[row] ?? 0;
  const events = model.events[row] ?? 0;
  const where = place === "left" ? { right: at } : { left: at };
  const title = stack === undefined ? marksTitle(marks) : `${formatDuration(stack.minMs)} to ${formatDuration(stack.maxMs)}, ${formatDuration(stack.averageMs)} on average, ${formatDuration(stack.totalMs)} in all`;
  return (
    <span className={place === "inside" ? classes.inside : classes.label} style={where} title={title}>
      {label}
      {drawing.average === "" ? null : <span className={classes.average}>⌀ {drawing.average}</span>}
      {stack === undefined && marks !== 0 ? <span className={classes.mark}>{marks === MARK.outlives ? "⇥" : "⇤"}</span> : null}
      {stack === undefined && events > 0 ? <span className={classes.events} title={plural(events, "event")}>◆{events > 1 ? events : ""}</span> : null}
    </span>
  );
}

/** What the mark behind a bar says. */
function marksTitle(marks: number): string | undefined {
  const words: string[] = [];
  if ((marks & MARK.backwards) !== 0) words.push("its end is before its start: the sender's clock went back");
  if ((marks & MARK.early) !== 0) words.push("starts before its parent: their clocks differ");
  if ((marks & MARK.outlives) !== 0) words.push("goes on after its parent ended");
  return words.length === 0 ? undefined : words.join("; ");
}

/** Whether a click fell on the part of a row that opens and closes it. */
export function onOpener(event: MouseEvent<HTMLElement>): boolean {
  return event.target instanceof Element && event.target.closest("[data-open-row]") !== null;
}

// One node of a graph: box, colour of its slot, icon, name, figures.
import type { KeyboardEvent, Ref } from "react";
import { slotVar, toneVar } from "@/lib/colour";
import { KindIcon } from "@/charts/graph/KindIcon";
import { LABEL_CHARS, type PlacedNode } from "@/charts/graph/place";
import { errorShare, errorTone, failingText, nodeWords, subOf } from "@/charts/graph/model";
import classes from "./Graph.module.css";

interface NodeBoxProps {
  readonly placed: PlacedNode;
  readonly selected: boolean;
  readonly dim: boolean;
  /** The one node that Tab reaches. */
  readonly tabbable: boolean;
  /** A click or Enter does something. */
  readonly acts: boolean;
  readonly ref: Ref<SVGGElement>;
  onPick(): void;
  onHover(over: boolean): void;
  onKeyDown(event: KeyboardEvent): void;
  onFocus(): void;
}

function shorten(text: string): string {
  return text.length > LABEL_CHARS ? `${text.slice(0, LABEL_CHARS - 1)}…` : text;
}

/** A node. Stacks have a second edge behind them. */
export function NodeBox({ placed, selected, dim, tabbable, acts, ref, onPick, onHover, onKeyDown, onFocus }: NodeBoxProps) {
  const { node, x, y, width, height } = placed;
  const failing = failingText(node);
  const tone = errorTone(errorShare(node));
  const border = tone === "steady" ? undefined : toneVar(tone);
  const stack = node.members.length > 0;
  return (
    <g
      ref={ref}
      className={classes.node}
      data-dim={dim || undefined}
      data-acts={acts || undefined}
      transform={`translate(${x} ${y})`}
      role={acts ? "button" : "img"}
      tabIndex={tabbable ? 0 : -1}
      aria-label={nodeWords(node)}
      {...(stack ? { "aria-expanded": false } : {})}
      {...(selected ? { "aria-pressed": true } : {})}
      onClick={onPick}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onBlur={() => onHover(false)}
      onPointerEnter={() => onHover(true)}
      onPointerLeave={() => onHover(false)}
    >
      {stack ? <rect className={classes.behind} x={4} y={4} width={width} height={height} rx={6} /> : null}
      <rect className={classes.box} data-selected={selected || undefined} width={width} height={height} rx={6} style={border === undefined ? {} : { stroke: border }} />
      <rect x={8} y={8} width={3} height={height - 16} rx={1.5} style={{ fill: slotVar(node.slot) }} />
      <g className={classes.icon}>
        <KindIcon kind={node.kind} x={18} y={height / 2 - 7} />
      </g>
      <text className={classes.label} x={38} y={height / 2 - 4}>
        {shorten(node.label)}
      </text>
      <text className={classes.sub} x={38} y={height / 2 + 12}>
        {subOf(node)}
        {failing === "" ? null : (
          <tspan style={tone === "steady" ? {} : { fill: toneVar(tone) }}>{`, ${failing}`}</tspan>
        )}
      </text>
    </g>
  );
}

// One edge of a graph: as thick as it is busy, coloured only where calls fail.
import type { KeyboardEvent, Ref } from "react";
import { errorShare, errorTone, type GraphEdge } from "@/charts/graph/model";
import { edgePath, edgeWidth, middleOf } from "@/charts/graph/path";
import type { Point } from "@/charts/graph/view";
import { formatPercent } from "@/lib/numbers";
import { toneVar, type Tone } from "@/lib/colour";
import classes from "./Graph.module.css";

/** The tones that edges have; each has an arrow head of its own. */
export const EDGE_TONES: readonly Tone[] = ["steady", "amber", "red"];

interface EdgeLineProps {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** Calls of the busiest edge. */
  readonly most: number;
  /** Prefix of the ids of the arrow heads. */
  readonly markers: string;
  readonly words: string;
  readonly dim: boolean;
  readonly lit: boolean;
  readonly acts: boolean;
  readonly tabbable: boolean;
  readonly ref: Ref<SVGGElement>;
  onPick(): void;
  onHover(over: boolean): void;
  onKeyDown(event: KeyboardEvent): void;
  onFocus(): void;
}

/** An edge with a wide strip around it that takes the pointer. */
export function EdgeLine(props: EdgeLineProps) {
  const { edge, points, most, markers, words, dim, lit, acts, tabbable, ref, onPick, onHover, onKeyDown, onFocus } = props;
  const share = errorShare(edge);
  const tone = errorTone(share);
  const path = edgePath(points);
  const middle = middleOf(points);
  const colour = lit ? toneVar("accent") : tone === "steady" ? "var(--edge)" : toneVar(tone);
  return (
    <g
      ref={ref}
      className={classes.edge}
      data-dim={dim || undefined}
      data-acts={acts || undefined}
      role={acts ? "button" : "img"}
      tabIndex={tabbable ? 0 : -1}
      aria-label={words}
      onClick={onPick}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onBlur={() => onHover(false)}
      onPointerEnter={() => onHover(true)}
      onPointerLeave={() => onHover(false)}
    >
      <path className={classes.strip} d={path} />
      <path className={classes.line} d={path} markerEnd={`url(#${markers}-${lit ? "accent" : tone})`} style={{ stroke: colour, strokeWidth: edgeWidth(edge.count, most) }} />
      {tone === "steady" ? null : (
        <text className={classes.share} x={middle.x} y={middle.y - 6} style={{ fill: toneVar(tone) }}>
          {formatPercent(share)}
        </text>
      )}
    </g>
  );
}

/** The arrow heads, one a tone. Their size does not grow with the line. */
export function ArrowHeads({ id }: { id: string }) {
  return (
    <defs>
      {[...EDGE_TONES, "accent" as const].map((tone) => (
        <marker key={tone} id={`${id}-${tone}`} viewBox="0 0 8 8" refX={7} refY={4} markerWidth={8} markerHeight={8} markerUnits="userSpaceOnUse" orient="auto">
          <path d="M0,0.5L8,4L0,7.5Z" style={{ fill: tone === "steady" ? "var(--ink-3)" : toneVar(tone) }} />
        </marker>
      ))}
    </defs>
  );
}

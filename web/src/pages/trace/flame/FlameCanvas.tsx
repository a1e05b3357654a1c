// A flame graph on a canvas: roots on top, a click zooms, arrows walk, a table stands for it.
import { useCallback, useMemo, useState, type ReactElement } from "react";
import { CanvasPlot, type Spot } from "@/charts/CanvasPlot";
import type { Area } from "@/charts/canvasAxes";
import { ChartFrame, type ChartTable } from "@/charts/ChartFrame";
import { Tip, type TipText } from "@/charts/Tip";
import type { Palette } from "@/charts/usePalette";
import { boxAt, boxesOf, stepFrom, type FlameBox } from "@/lib/trace/flame/boxes";
import type { FlameTree } from "@/lib/trace/flame/tree";

const LEVEL_PX = 20;
const NO_MARGINS = [0, 0, 0, 0] as const;
const KEYS: ReadonlyMap<string, "up" | "down" | "left" | "right"> = new Map([["ArrowUp", "up"], ["ArrowDown", "down"], ["ArrowLeft", "left"], ["ArrowRight", "right"]]);

interface FlameCanvasProps {
  readonly label: string;
  readonly tree: FlameTree;
  /** The node that takes the whole width. */
  readonly focus: number;
  readonly onFocus: (node: number) => void;
  /** Nodes that a search found; undefined without a search. The others are dimmed. */
  readonly hits?: Uint8Array | undefined;
  /** Colour of a box. */
  readonly colourOf: (node: number, palette: Palette) => string;
  /** What the root is called. */
  readonly rootName: string;
  readonly tipOf: (node: number) => TipText;
  readonly table: () => ChartTable;
  /** A box was chosen by click or Enter, beside being zoomed to. */
  readonly onPick?: (node: number) => void;
}

/** The flame graph. */
export function FlameCanvas(props: FlameCanvasProps): ReactElement {
  const { label, tree, focus, onFocus, hits, colourOf, rootName, tipOf, table, onPick } = props;
  const [at, setAt] = useState<number>();
  const current = at !== undefined && at < tree.count ? at : undefined;
  const nameOf = useCallback((node: number) => (node === 0 && tree.label[0] === -1 ? rootName : (tree.labels[tree.label[node] ?? -1]?.name ?? rootName)), [tree, rootName]);
  const levels = useMemo(() => levelsOf(tree, focus), [tree, focus]);
  const height = Math.max(2, levels) * LEVEL_PX;
  const boxesIn = useMemo(() => remembered((width: number) => boxesOf(tree, focus, width)), [tree, focus]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: Area, palette: Palette) => drawBoxes(context, boxesIn(area.width), palette, { tree, hits, colourOf, nameOf }),
    [tree, boxesIn, hits, colourOf, nameOf],
  );
  const find = (spot: Spot, area: Area): FlameBox | undefined => boxAt(boxesIn(area.width), spot.x, Math.floor(spot.y / LEVEL_PX));
  const choose = (node: number): void => {
    setAt(node);
    onFocus(node);
    onPick?.(node);
  };
  const tip = current === undefined ? undefined : tipOf(current);
  return (
    <ChartFrame label={label} height={height} table={table}>
      <CanvasPlot
        label={label}
        height={height}
        margins={NO_MARGINS}
        draw={draw}
        standing={{ now: current ?? 0, max: tree.count - 1, text: tip === undefined ? "arrow keys walk the graph, Enter zooms" : spoken(tip) }}
        onHover={(spot, area) => setAt(spot === undefined ? undefined : find(spot, area)?.node)}
        onClick={(spot, area) => {
          const box = find(spot, area);
          if (box !== undefined) choose(box.node === focus ? Math.max(0, tree.parent[focus] ?? 0) : box.node);
        }}
        onKey={(event) => {
          const step = KEYS.get(event.key);
          if (step !== undefined) setAt(stepFrom(tree, current ?? focus, step));
          else if (event.key === "Enter" && current !== undefined) choose(current);
          else if (event.key === "Escape" && focus !== 0) choose(0);
          else return false;
          return true;
        }}
        onBlur={() => setAt(undefined)}
        overlay={(area, width) => {
          const box = current === undefined ? undefined : boxesIn(area.width).find((one) => one.node === current);
          return box === undefined || tip === undefined ? null : <Tip text={tip} x={box.x + Math.min(box.width / 2, area.width)} y={(box.level + 1) * LEVEL_PX + 12} width={width} />;
        }}
      />
    </ChartFrame>
  );
}

/** The boxes of the last width: hover asks for them with every move. */
function remembered(make: (width: number) => readonly FlameBox[]): (width: number) => readonly FlameBox[] {
  let last: { readonly width: number; readonly boxes: readonly FlameBox[] } | undefined;
  return (width) => {
    if (last?.width !== width) last = { width, boxes: make(width) };
    return last.boxes;
  };
}

function spoken(tip: TipText): string {
  return [tip.head, ...tip.rows.map((row) => `${row.name} ${row.value}`)].join(", ");
}

/** Levels that are drawn: the way to the focus and all that is below it. */
function levelsOf(tree: FlameTree, focus: number): number {
  let deepest = tree.depth[focus] ?? 0;
  const waiting = [focus];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    deepest = Math.max(deepest, tree.depth[node] ?? 0);
    for (const child of tree.children[node] ?? []) waiting.push(child);
  }
  return deepest + 1;
}

interface Drawing {
  readonly tree: FlameTree;
  readonly hits: Uint8Array | undefined;
  readonly colourOf: (node: number, palette: Palette) => string;
  readonly nameOf: (node: number) => string;
}

function drawBoxes(context: CanvasRenderingContext2D, boxes: readonly FlameBox[], palette: Palette, { tree, hits, colourOf, nameOf }: Drawing): void {
  context.font = palette.font;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const box of boxes) {
    const y = box.level * LEVEL_PX;
    const dim = hits !== undefined && hits[box.node] !== 1;
    context.globalAlpha = dim ? 0.25 : 1;
    context.fillStyle = box.crumbs > 0 ? palette.hairline : colourOf(box.node, palette);
    context.fillRect(box.x, y + 1, Math.max(1, box.width - (box.width > 3 ? 1 : 0)), LEVEL_PX - 2);
    if (box.width < 28 || box.crumbs > 0) continue;
    const failed = (tree.errors[box.node] ?? 0) > 0;
    context.fillStyle = palette.surface;
    context.fillText(fitted(context, `${failed ? "! " : ""}${nameOf(box.node)}`, box.width - 8), box.x + 4, y + LEVEL_PX / 2 + 0.5);
  }
  context.globalAlpha = 1;
}

/** As much of a text as fits, with an ellipsis where something is left out. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${text.slice(0, low)}…`;
}

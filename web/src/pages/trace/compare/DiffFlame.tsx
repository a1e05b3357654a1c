// Both traces as one flame graph: red where this trace has more, blue where the other has, grey where they are alike.
import { useMemo, useState, type ReactElement } from "react";
import type { TipText } from "@/charts/Tip";
import { slotColour, type Palette } from "@/charts/usePalette";
import { mixColours } from "@/lib/colour";
import { diffOf, leaning, type FlameDiff } from "@/lib/trace/flame/diff";
import { flameOf, Labels } from "@/lib/trace/flame/tree";
import { signed } from "@/lib/trace/compare/changes";
import type { TraceModel } from "@/lib/trace/model";
import { formatDuration } from "@/lib/units";
import { FlameCanvas } from "../flame/FlameCanvas";
import { flameTable } from "../flame/flameTable";
import classes from "./TabCompare.module.css";
import frame from "../Tab.module.css";

/** The slot whose hue stands for "the other trace has more". */
const LESS_SLOT = 4;

interface DiffFlameProps {
  readonly before: TraceModel;
  readonly after: TraceModel;
}

/** The flame graph of the difference. */
export function DiffFlame({ before, after }: DiffFlameProps): ReactElement {
  const [focus, setFocus] = useState(0);
  const diff = useMemo(() => {
    const options = { measure: "leaves", colour: "service", labels: new Labels() } as const;
    return diffOf(flameOf(before, options), flameOf(after, options));
  }, [before, after]);
  const colourOf = useMemo(() => (node: number, palette: Palette) => leaningColour(diff, node, palette), [diff]);
  const { tree } = diff;
  return (
    <section className={classes["section"]}>
      <h2>Where the time went</h2>
      <p className={frame["note"]}>Widths are the time of spans without children, both traces together. Red: this trace spends more there. Blue: the other one did.</p>
      <FlameCanvas
        label="Flame graph of the difference"
        tree={tree}
        focus={focus < tree.count ? focus : 0}
        onFocus={setFocus}
        colourOf={colourOf}
        rootName="both traces"
        tipOf={(node) => tipOf(diff, node)}
        table={() => flameTable(tree, formatDuration)}
      />
    </section>
  );
}

function leaningColour(diff: FlameDiff, node: number, palette: Palette): string {
  const lean = leaning(diff, node);
  const strength = Math.min(1, Math.abs(lean) * 1.6);
  return mixColours(palette.ink3, lean > 0 ? palette.tones.red : slotColour(palette, LESS_SLOT), strength);
}

function tipOf(diff: FlameDiff, node: number): TipText {
  const { tree, before, after } = diff;
  const label = tree.labels[tree.label[node] ?? -1];
  const [left, right] = [before[node] ?? 0, after[node] ?? 0];
  return {
    head: label === undefined ? "both traces" : `${label.name} · ${label.party}`,
    rows: [
      { name: "the other", value: formatDuration(left) },
      { name: "this one", value: formatDuration(right) },
      { name: "difference", value: signed(right - left, formatDuration) },
    ],
    foot: "click: zoom",
  };
}

// The flame graph of a trace: spans merged by the path of their names; zoom, search, and the sandwich of one operation.
import { useMemo, useState, type ReactElement } from "react";
import type { TipText } from "@/charts/Tip";
import { slotColour, type Palette } from "@/charts/usePalette";
import { Segments } from "@/components/Segments";
import { formatCount, formatPercent, plural } from "@/lib/numbers";
import { matchesOf, totalOfMatches } from "@/lib/trace/flame/boxes";
import { sandwichOf } from "@/lib/trace/flame/sandwich";
import { flameOf, waitingShare, type FlameLabel, type FlameTree, type Measure } from "@/lib/trace/flame/tree";
import { formatDuration } from "@/lib/units";
import type { TraceTabProps } from "../tabs";
import { FlameCanvas } from "./FlameCanvas";
import { flameTable } from "./flameTable";
import classes from "./TabFlame.module.css";
import frame from "../Tab.module.css";
import controls from "@/shell/controls.module.css";

const MEASURES = [
  { value: "self", label: "Time" },
  { value: "leaves", label: "Without waiting" },
  { value: "spans", label: "Spans" },
] as const;

/** Traces that wait more than this share of their time open without it. */
const MOSTLY = 0.6;

/** What widths are, in a sentence. */
const MEANINGS: Readonly<Record<Measure, string>> = {
  self: "Widths are time at work itself: what a span spends in its children belongs to them, parallel work adds up.",
  leaves: "Widths are time of spans without children; what others spend between their children, mostly waiting, is left out.",
  spans: "Widths are numbers of spans.",
};

/** Writes a measure. */
function written(measure: Measure): (value: number) => string {
  return measure === "spans" ? (value) => plural(Math.round(value), "span") : formatDuration;
}

/** The view "Flame". */
export function TabFlame({ model, colour, select, root }: TraceTabProps): ReactElement {
  const [chosen, setMeasure] = useState<Measure>();
  const waits = useMemo(() => waitingShare(model) > MOSTLY, [model]);
  const measure = chosen ?? (waits ? "leaves" : "self");
  const [find, setFind] = useState("");
  const [focus, setFocus] = useState(0);
  const [sandwich, setSandwich] = useState<string>();
  const tree = useMemo(() => flameOf(model, { measure, colour, root }), [model, measure, colour, root]);
  const safe = focus < tree.count ? focus : 0;
  const hits = useMemo(() => (find.trim() === "" ? undefined : matchesOf(tree, find)), [tree, find]);
  const label = sandwich === undefined ? -1 : tree.labels.findIndex((one) => keyOf(one) === sandwich);
  const focused = tree.labels[tree.label[safe] ?? -1];
  const write = written(measure);
  return (
    <div className={frame["tab"]}>
      <div className={frame["bar"]}>
        <Segments label="What widths mean" value={measure} options={MEASURES} onChange={setMeasure} />
        <input className={frame["field"]} type="search" placeholder="Find an operation" aria-label="Find an operation in the flame graph" value={find} onChange={(event) => setFind(event.target.value)} />
        {hits === undefined ? null : (
          <span role="status" className={frame["note"]}>
            {write(totalOfMatches(tree, hits))}, {formatPercent(share(totalOfMatches(tree, hits), tree.total[0]))} of it
          </span>
        )}
        <span className={frame["space"]} />
        {safe === 0 ? null : (
          <button type="button" className={controls["button"]} onClick={() => setFocus(0)}>
            Zoom out
          </button>
        )}
        {focused === undefined || label >= 0 ? null : (
          <button type="button" className={controls["button"]} onClick={() => setSandwich(keyOf(focused))}>
            Callers and callees
          </button>
        )}
        {(tree.example[safe] ?? -1) < 0 ? null : (
          <button type="button" className={controls["button"]} onClick={() => select(tree.example[safe] ?? -1)}>
            Longest span
          </button>
        )}
      </div>
      {label >= 0 ? (
        <SandwichView tree={tree} label={label} measure={measure} onClose={() => setSandwich(undefined)} />
      ) : (
        <div className={frame["scroll"]}>
          <Whole tree={tree} measure={measure} focus={safe} onFocus={setFocus} hits={hits} title="Flame graph of the trace" rootName="whole trace" />
          <p className={frame["note"]}>
            {MEANINGS[measure]} Equal paths are one box.
          </p>
        </div>
      )}
    </div>
  );
}

function keyOf(label: FlameLabel): string {
  return `${label.party}\u0000${label.name}`;
}

function share(part: number, whole: number | undefined): number {
  return whole === undefined || whole === 0 ? 0 : part / whole;
}

interface WholeProps {
  readonly tree: FlameTree;
  readonly measure: Measure;
  readonly focus: number;
  readonly onFocus: (node: number) => void;
  readonly hits?: Uint8Array | undefined;
  readonly title: string;
  readonly rootName: string;
}

function Whole({ tree, measure, focus, onFocus, hits, title, rootName }: WholeProps): ReactElement {
  const write = written(measure);
  const colourOf = useMemo(() => (node: number, palette: Palette) => boxColour(tree, node, palette), [tree]);
  const tipOf = (node: number): TipText => {
    const label = tree.labels[tree.label[node] ?? -1];
    const errors = tree.errors[node] ?? 0;
    const all = tree.total[node] ?? 0;
    return {
      head: label === undefined ? rootName : `${label.name} · ${label.party}`,
      rows: [
        { name: "with what it calls", value: `${write(all)} (${formatPercent(share(all, tree.total[0]))})` },
        { name: "itself", value: write(tree.self[node] ?? 0) },
        { name: "spans", value: formatCount(tree.spans[node] ?? 0) },
        ...(errors === 0 ? [] : [{ name: "failed", value: formatCount(errors) }]),
      ],
      foot: node === focus ? "click: zoom out" : "click: zoom",
    };
  };
  return <FlameCanvas label={title} tree={tree} focus={focus} onFocus={onFocus} hits={hits} colourOf={colourOf} rootName={rootName} tipOf={tipOf} table={() => flameTable(tree, write)} />;
}

/** Boxes that hold failures of their own are red; all others have the colour of their party. */
function boxColour(tree: FlameTree, node: number, palette: Palette): string {
  if (node === 0 && tree.label[0] === -1) return palette.ink3;
  if ((tree.errors[node] ?? 0) > 0) return palette.tones.red;
  const slot = tree.labels[tree.label[node] ?? -1]?.slot ?? -1;
  return slot < 0 ? palette.tones.steady : slotColour(palette, slot);
}

interface SandwichViewProps {
  readonly tree: FlameTree;
  readonly label: number;
  readonly measure: Measure;
  readonly onClose: () => void;
}

function SandwichView({ tree, label, measure, onClose }: SandwichViewProps): ReactElement {
  const both = useMemo(() => sandwichOf(tree, label), [tree, label]);
  const [up, setUp] = useState(0);
  const [down, setDown] = useState(0);
  const name = tree.labels[label]?.name ?? "";
  return (
    <div className={frame["scroll"]}>
      <div className={frame["bar"]}>
        <h2 className={classes["title"]}>{name}</h2>
        <span className={frame["note"]}>{written(measure)(both.callees.total[0] ?? 0)} wherever it stands</span>
        <span className={frame["space"]} />
        <button type="button" className={controls["button"]} onClick={onClose}>
          Back to the whole trace
        </button>
      </div>
      <h3 className={classes["half"]}>Called by, nearest first</h3>
      <Whole tree={both.callers} measure={measure} focus={up < both.callers.count ? up : 0} onFocus={setUp} title={`Callers of ${name}`} rootName={name} />
      <h3 className={classes["half"]}>Calls</h3>
      <Whole tree={both.callees} measure={measure} focus={down < both.callees.count ? down : 0} onFocus={setDown} title={`Callees of ${name}`} rootName={name} />
    </div>
  );
}

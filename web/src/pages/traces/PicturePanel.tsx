// The search as one picture: spans over time with failures above, durations below as dots or as a heat map.
import { useMemo, type ReactElement } from "react";
import type { TraceSummary } from "@/api/schema";
import { BarHistogram } from "@/charts/BarHistogram";
import { HeatMap } from "@/charts/HeatMap";
import { Scatter } from "@/charts/Scatter";
import { Segments } from "@/components/Segments";
import { toNumber } from "@/lib/counts";
import type { HeatPick } from "@/lib/heat";
import { formatCount, formatPercent } from "@/lib/numbers";
import { heatDataOf } from "@/lib/overview/latency";
import { SPAN_LAYERS, barsOf } from "@/lib/traces/histogram";
import { dotsOf, together } from "@/lib/traces/results";
import type { Picture } from "@/lib/traces/search";
import { formatDuration } from "@/lib/units";
import { Failure } from "@/shell/help";
import type { HeldRange } from "./useHeldRange";
import type { useSpanHistogram } from "./useSpanFigures";
import classes from "./PicturePanel.module.css";

interface PicturePanelProps {
  readonly histogram: ReturnType<typeof useSpanHistogram>;
  readonly rows: readonly TraceSummary[];
  /** Slowest traces of the range, where the list does not reach through it. */
  readonly slowest: readonly TraceSummary[];
  readonly range: HeldRange;
  readonly picture: Picture;
  readonly onPicture: (picture: Picture) => void;
  readonly slotOf: (service: string) => number | undefined;
  /** A trace was picked. */
  readonly onTrace: (traceId: string) => void;
  readonly onZoom: (fromMs: number, toMs: number) => void;
  /** An area of durations of whole traces, or of spans. */
  readonly onArea: (area: HeatPick, of: "traces" | "spans") => void;
}

const BARS = 40;
const DURATIONS = 136;
const PICTURES = [{ value: "scatter", label: "Traces" }, { value: "heat", label: "Heat map" }] as const;
/** Dots that are drawn at most; the canvas stays quick and the picture readable. */
const MOST_DOTS = 2000;

/** The panel. */
export function PicturePanel(props: PicturePanelProps): ReactElement {
  const { histogram, slowest, range, picture, onPicture, onZoom } = props;
  const { data, error, refetch } = histogram.query;
  const bars = useMemo(() => (data === undefined ? [] : barsOf(data)), [data]);
  return (
    <section className={classes["panel"]} aria-label="Spans over time">
      <header className={classes["head"]}>
        <p className={classes["told"]}>{data === undefined ? "" : <Told histogram={histogram} slowest={slowest.length} />}</p>
        <Segments label="Durations as" value={picture} options={PICTURES} onChange={onPicture} />
      </header>
      {error !== null && data === undefined ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <div className={classes["bars"]} style={{ height: BARS }}>
          <BarHistogram label="Matching spans" layers={SPAN_LAYERS} buckets={bars} stepMs={data?.stepMs ?? 1} fromMs={range.startMs} toMs={range.endMs} height={BARS} noun="spans" bare onZoom={onZoom} />
        </div>
      )}
      <Durations {...props} />
    </section>
  );
}

function Told({ histogram, slowest }: { readonly histogram: PicturePanelProps["histogram"]; readonly slowest: number }): ReactElement | null {
  const { data } = histogram.query;
  if (data === undefined) return null;
  const count = toNumber(data.count);
  const failed = toNumber(data.errorCount);
  const parts = [`${formatCount(count)} matching spans`];
  if (failed > 0) parts.push(`${formatCount(failed)} failed (${formatPercent(failed / Math.max(1, count))})`);
  if (count > 0) parts.push(`p50 ${formatDuration(data.latency.p50)}`, `p95 ${formatDuration(data.latency.p95)}`);
  return (
    <>
      {parts.join(" · ")}
      {slowest > 0 ? <span className={classes["note"]}>{` · dots: those listed and the ${slowest} slowest`}</span> : null}
      {histogram.cut ? <span className={classes["note"]}> · counted without the conditions about whole traces</span> : null}
    </>
  );
}

function Durations({ histogram, rows, slowest, range, picture, slotOf, onTrace, onArea }: PicturePanelProps): ReactElement {
  const { data } = histogram.query;
  const heat = useMemo(() => (data === undefined ? undefined : heatDataOf(data.durations, Date.parse(data.start), data.stepMs)), [data]);
  const { startMs: fromMs, endMs: toMs } = range;
  // A trace may have begun before the range, or after its picture.
  const dots = useMemo(() => dotsOf(together(rows.slice(0, MOST_DOTS), slowest), slotOf).filter(({ ms }) => ms >= fromMs && ms <= toMs), [rows, slowest, slotOf, fromMs, toMs]);
  const frame = { fromMs, toMs, height: DURATIONS };
  return (
    <div style={{ height: DURATIONS }}>
      {picture === "heat" && heat !== undefined ? (
        <HeatMap label="Durations of matching spans" data={heat} {...frame} onPick={(area) => onArea(area, "spans")} />
      ) : (
        <Scatter label={slowest.length === 0 ? "Durations of the traces listed" : "Durations of the traces listed and of the slowest"} dots={dots} {...frame} noun="trace" onPick={(dot) => onTrace(dot.id)} onArea={(area) => onArea(area, "traces")} />
      )}
    </div>
  );
}

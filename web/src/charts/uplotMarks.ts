// What is drawn over a uPlot chart: threshold lines, exemplars (diamonds), annotations (upright lines), and below it: shaded times.
import type uPlot from "uplot";
import { withAlpha } from "@/lib/colour";
import type { ChartBand, ChartMark, Threshold } from "@/lib/scaleChart";
import type { Palette } from "./usePalette";

const REACH_PX = 9;

/** Lines across the chart, with their labels at the right. */
export function drawThresholds(chart: uPlot, thresholds: readonly Threshold[], palette: Palette): void {
  const { ctx, bbox } = chart;
  const ratio = window.devicePixelRatio || 1;
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  ctx.font = palette.font.replace(/^\d+px/u, `${11 * ratio}px`);
  for (const threshold of thresholds) {
    const y = Math.round(chart.valToPos(threshold.value, "y", true));
    ctx.strokeStyle = palette.tones[threshold.tone];
    ctx.fillStyle = palette.tones[threshold.tone];
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    if (threshold.label !== undefined) ctx.fillText(threshold.label, bbox.left + bbox.width - 4 * ratio, y - 2 * ratio);
  }
  ctx.restore();
}

/** Shaded times, each with a line where it begins. */
export function drawBands(chart: uPlot, bands: readonly ChartBand[], palette: Palette): void {
  const { ctx, bbox } = chart;
  const ratio = window.devicePixelRatio || 1;
  ctx.save();
  for (const band of bands) {
    const left = Math.max(bbox.left, chart.valToPos(band.fromMs, "x", true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(band.toMs, "x", true));
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.fillStyle = withAlpha(palette.tones[band.tone], 0.12);
    ctx.fillRect(left, bbox.top, Math.max(ratio, right - left), bbox.height);
    ctx.fillStyle = withAlpha(palette.tones[band.tone], 0.6);
    if (left > bbox.left) ctx.fillRect(left, bbox.top, ratio, bbox.height);
  }
  ctx.restore();
}

function topOf(chart: uPlot, mark: ChartMark): number {
  if (mark.value === undefined) return 0;
  const most = chart.scales["y"]?.max ?? mark.value;
  const least = chart.scales["y"]?.min ?? mark.value;
  return chart.valToPos(Math.min(most, Math.max(least, mark.value)), "y");
}

/** Diamonds for marks with a value, upright dashed lines for the others. Values beyond the axis sit at its end. */
export function drawMarks(chart: uPlot, marks: readonly ChartMark[], palette: Palette): void {
  const { ctx, bbox } = chart;
  const ratio = window.devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - 5 * ratio, bbox.top - 5 * ratio, bbox.width + 10 * ratio, bbox.height + 10 * ratio);
  ctx.clip();
  for (const mark of marks) {
    const x = bbox.left + chart.valToPos(mark.ms, "x") * ratio;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    if (mark.value === undefined) {
      ctx.strokeStyle = palette.ink3;
      ctx.lineWidth = ratio;
      ctx.setLineDash([3 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      continue;
    }
    const y = bbox.top + topOf(chart, mark) * ratio;
    const size = 4.5 * ratio;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
    ctx.closePath();
    ctx.fillStyle = palette.surface;
    ctx.fill();
    ctx.strokeStyle = palette.ink;
    ctx.lineWidth = 1.25 * ratio;
    ctx.stroke();
  }
  ctx.restore();
}

/** The mark below a place of the plot (CSS px), if there is one. */
export function markAt(chart: uPlot, marks: readonly ChartMark[], left: number, top: number): ChartMark | undefined {
  let best: ChartMark | undefined;
  let least = REACH_PX;
  for (const mark of marks) {
    const across = Math.abs(chart.valToPos(mark.ms, "x") - left);
    const distance = mark.value === undefined ? across * 2 : Math.hypot(across, topOf(chart, mark) - top);
    if (distance < least) {
      least = distance;
      best = mark;
    }
  }
  return best;
}

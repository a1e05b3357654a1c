// A line without axes beside a figure. Decoration: the figure beside it says what matters.
import { toneVar, type Tone } from "@/lib/colour";
import classes from "./Sparkline.module.css";

interface SparklineProps {
  /** Values in order of time; null is a gap. */
  values: readonly (number | null)[];
  height?: number;
  tone?: Tone;
  /** Draw the space below the line, too. */
  filled?: boolean;
}

const WIDTH = 200;

/** A tiny line as wide as its place. */
export function Sparkline({ values, height = 24, tone = "steady", filled = false }: SparklineProps) {
  const paths = sparkPaths(values, WIDTH, height);
  const colour = toneVar(tone);
  return (
    <svg className={classes.spark} viewBox={`0 0 ${WIDTH} ${height}`} height={height} preserveAspectRatio="none" aria-hidden>
      {paths.map((path) => (
        <g key={path.line}>
          {filled ? <path d={path.area} fill={colour} opacity={0.14} /> : null}
          <path d={path.line} fill="none" stroke={colour} strokeWidth={1.25} vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
        </g>
      ))}
    </svg>
  );
}

interface SparkPath {
  line: string;
  area: string;
}

function sparkPaths(values: readonly (number | null)[], width: number, height: number): SparkPath[] {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return [];
  const low = Math.min(0, ...known);
  const high = Math.max(...known);
  const span = high - low || 1;
  const step = width / Math.max(1, values.length - 1);
  const runs: string[][] = [];
  let open = false;
  values.forEach((value, index) => {
    if (value === null || !Number.isFinite(value)) {
      open = false;
      return;
    }
    const y = height - 2 - ((value - low) / span) * (height - 4);
    const point = `${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    if (open) runs.at(-1)?.push(point);
    else runs.push([point]);
    open = true;
  });
  return runs.map((run) => {
    const points = run.length === 1 ? [...run, ...run] : run;
    const line = `M${points.join("L")}`;
    const first = points[0]?.split(" ")[0] ?? "0";
    const last = points.at(-1)?.split(" ")[0] ?? "0";
    return { line: run.length === 1 ? `${line}h1` : line, area: `${line}L${last} ${height}L${first} ${height}Z` };
  });
}

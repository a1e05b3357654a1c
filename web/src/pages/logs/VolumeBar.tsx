// The volume over time by severity, small: a drag or a click zooms in.
import { useMediaQuery } from "@mantine/hooks";
import { useMemo, type ReactElement } from "react";
import type { LogCount } from "@/api/schema";
import { BarHistogram } from "@/charts/BarHistogram";
import { volumeOf } from "@/lib/logs/volume";
import { useTimeRange } from "@/shell/timeRange";
import classes from "./Page.module.css";

const HEIGHT = 84;
const LOW = 56;

/** The histogram above the list. */
export function VolumeBar({ data, stepMs }: { readonly data: LogCount | undefined; readonly stepMs: number }): ReactElement {
  const narrow = useMediaQuery("(max-width: 640px)") ?? false;
  const height = narrow ? LOW : HEIGHT;
  const range = useTimeRange();
  const volume = useMemo(() => volumeOf(data?.groups ?? []), [data]);
  const zoom = (fromMs: number, toMs: number): void => range.set(new Date(fromMs).toISOString(), new Date(toMs).toISOString());
  return (
    <div className={classes["volume"]} style={{ minHeight: height }}>
      {data === undefined ? null : <BarHistogram
        label="Lines over time by level"
        layers={volume.layers}
        buckets={volume.buckets}
        stepMs={stepMs}
        fromMs={range.startMs}
        toMs={range.endMs}
        height={height}
        noun="lines"
        onZoom={zoom}
      />}
    </div>
  );
}

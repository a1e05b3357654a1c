// The answers at the end of the range as a table.
import { useMemo } from "react";
import type { InstantData } from "@/lib/promql/data";
import { linesOf } from "@/lib/promql/results";
import { fittingUnit, unitOfExpression, type Metadata } from "@/lib/promql/unit";
import { Empty } from "@/shell/help";
import { useTimeRange, useZone } from "@/shell/timeRange";
import { ResultTable } from "./ResultTable";

/** An instant answer with the letter and text of its query. */
export interface LetteredInstant {
  letter: string;
  expr: string;
  data: InstantData;
}

/** The table view. */
export function TableView({ answers, metadata }: { answers: readonly LetteredInstant[]; metadata: Metadata }) {
  const { endMs } = useTimeRange();
  const { dateTime } = useZone();
  const lines = useMemo(() => answers.flatMap(({ letter, data }) => linesOf(letter, data)), [answers]);
  const units = useMemo(() => {
    const peak = (letter: string): number => Math.max(...lines.filter((line) => line.query === letter).map((line) => line.value));
    return new Map(answers.map(({ letter, expr }) => [letter, fittingUnit(unitOfExpression(expr, metadata), peak(letter))]));
  }, [answers, lines, metadata]);
  if (lines.length === 0) return <Empty title="No values at the end of the range." hint="A series has a value for five minutes after its last sample. Move the end of the range back, or switch to the chart." />;
  return <ResultTable lines={lines} units={units} at={dateTime(endMs)} />;
}

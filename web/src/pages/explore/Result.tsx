// The panel with the result: the view, the step, exemplars, and the answers themselves.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import { Panel } from "@/components/Panel";
import { Segments } from "@/components/Segments";
import type { Metadata } from "@/lib/promql/unit";
import { remember, remembered } from "@/lib/storage";
import { unitWord } from "@/lib/units";
import { Empty, Loading } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import controls from "@/shell/controls.module.css";
import { chartContent, inKnownColours, namingLabel, type ChartContent, type LetteredAnswer } from "./chartSeries";
import { ChartView } from "./ChartView";
import { StepField } from "./StepField";
import { TableView } from "./TableView";
import { useExemplars, type Exemplar } from "./useAnswers";
import type { Explore } from "./useExplore";

const VIEWS = [
  { value: "chart", label: "Chart" },
  { value: "table", label: "Table" },
] as const;
const EXEMPLARS = "explore.exemplars";
const NO_EXEMPLARS: readonly Exemplar[] = [];

/** The result of all queries. */
export function Result({ explore, metadata }: { explore: Explore; metadata: Metadata }) {
  const { search, setSearch, drawn, stepS, lengthened } = explore;
  const { startMs, endMs } = useTimeRange();
  const [marked, setMarked] = useState(() => remembered(EXEMPLARS) !== "off");
  const chart = search.view === "chart";
  const exemplars = useExemplars(drawn.map((one) => one.expr), { startMs, endMs, stepS }, chart && marked);
  const content = useContent(drawn, metadata);
  // Several units have a chart each, with the unit above it.
  const unit = chart && content.groups.length === 1 ? unitWord(content.groups[0]?.unit) : "";
  return (
    <Panel
      title="Result"
      {...(unit === "" ? {} : { subtitle: unit })}
      actions={
        <>
          {chart ? (
            <>
              <button
                type="button"
                className={controls["button"]}
                aria-pressed={marked}
                title="Diamonds are samples that name their trace"
                onClick={() => {
                  remember(EXEMPLARS, marked ? "off" : "on");
                  setMarked(!marked);
                }}
              >
                {marked && exemplars.length > 0 ? `Exemplars ${exemplars.length}` : "Exemplars"}
              </button>
              <StepField value={search.step} used={stepS} lengthened={lengthened} onChange={(step) => setSearch({ step })} />
            </>
          ) : null}
          <Segments label="View" value={search.view} options={VIEWS} onChange={(view) => setSearch({ view })} />
        </>
      }
    >
      <Body explore={explore} metadata={metadata} content={content} exemplars={marked ? exemplars : NO_EXEMPLARS} />
    </Panel>
  );
}

/** What is drawn, in the colours that services, agents and models have on every page. */
function useContent(drawn: readonly LetteredAnswer[], metadata: Metadata): ChartContent {
  const plain = useMemo(() => chartContent(drawn, metadata), [drawn, metadata]);
  const named = namingLabel(plain.series);
  const { data } = useQuery({
    queryKey: ["colour-slots", named?.kind],
    // All that are known: asking for a name would give it a colour, and labels of metrics are many.
    queryFn: ({ signal }) => api.get("/api/v1/colour-slots", { query: { kind: named?.kind }, signal }),
    enabled: named !== undefined,
    staleTime: 60_000,
  });
  const label = named?.label;
  const slots = data?.slots;
  return useMemo(() => (label === undefined || slots === undefined ? plain : inKnownColours(plain, label, slots)), [plain, label, slots]);
}

interface BodyProps {
  explore: Explore;
  metadata: Metadata;
  content: ChartContent;
  exemplars: readonly Exemplar[];
}

function Body({ explore, metadata, content, exemplars }: BodyProps) {
  const { search, rows, drawn, listed, waiting, insert } = explore;
  if (rows.every((row) => row.run === "" || row.hidden)) return <Empty title="All queries are hidden." hint="The eye beside a query shows it again." />;
  const some = search.view === "chart" ? drawn.length > 0 : listed.length > 0;
  if (!some) return waiting ? <Loading rows={12} height={28} /> : <Empty title="No query could be answered." hint="What is wrong stands below each query." />;
  if (search.view === "table") return <TableView answers={listed} metadata={metadata} />;
  return <ChartView answers={drawn} content={content} metadata={metadata} exemplars={exemplars} onInsert={insert} />;
}

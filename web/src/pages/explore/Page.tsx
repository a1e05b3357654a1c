// Explore: PromQL queries, drawn over the range or listed at its end.
import { IconDatabaseSearch } from "@tabler/icons-react";
import { Suspense, lazy, useState, type ReactElement } from "react";
import { useWidth } from "@/charts/useSize";
import { Panel } from "@/components/Panel";
import { emptyRow, MAX_ROWS } from "@/lib/promql/rows";
import { useShortcuts } from "@/shell/shortcuts";
import { useTimeRange } from "@/shell/timeRange";
import controls from "@/shell/controls.module.css";
import classes from "./Page.module.css";
import { HistoryMenu, TakeMenu } from "./PageMenus";
import { Queries, tellCopied } from "./Queries";
import { Result } from "./Result";
import { StartHere } from "./StartHere";
import { copyLink, download } from "./take";
import { useMetadata, useMetricList } from "./useAnswers";
import { useExplore, type Explore } from "./useExplore";

const MetricBrowser = lazy(() => import("./MetricBrowser").then((module) => ({ default: module.MetricBrowser })));

/** The page "Explore". */
export function Page(): ReactElement {
  const [box, width] = useWidth<HTMLDivElement>();
  const { start, end } = useTimeRange();
  const explore = useExplore(width);
  const metadata = useMetadata();
  const { search, setSearch, rows, change, drawn, listed, insert } = explore;
  const [browsing, setBrowsing] = useState(false);
  const empty = rows.every((row) => row.run === "");
  const opened = browsing || search.metric !== "";
  const list = useMetricList(metadata, empty || opened);
  const chart = search.view === "chart";
  useShortcuts([
    { keys: "m", what: "list of metrics", run: () => setBrowsing(true) },
    { keys: "n", what: "add a query", run: () => (rows.length < MAX_ROWS ? change([...rows, emptyRow(rows)]) : undefined) },
    { keys: "v", what: "chart or table", run: () => setSearch({ view: chart ? "table" : "chart" }) },
    { keys: "i", what: "type into the first query", run: () => box.current?.querySelector<HTMLElement>("[contenteditable=true], input")?.focus() },
  ]);
  return (
    <div ref={box} className={classes["page"]}>
      <header className={classes["head"]}>
        <h1>Explore</h1>
        <div className={classes["tools"]}>
          <button type="button" className={controls["button"]} aria-haspopup="dialog" title="List of metrics (m)" onClick={() => setBrowsing(true)}>
            <IconDatabaseSearch size={15} stroke={1.6} aria-hidden />
            Metrics
          </button>
          <HistoryMenu onInsert={insert} />
          <TakeMenu
            ready={chart ? drawn.length > 0 : listed.length > 0}
            onCopyLink={(fixed) => void copyLink(fixed ? { start, end } : undefined).then((done) => tellCopied("the link", done))}
            onDownload={(format) => download(format, chart ? drawn : [], chart ? [] : listed)}
          />
        </div>
      </header>
      <Queries explore={explore} />
      {empty ? (
        <Panel title="Begin with one of these">
          <StartHere metrics={list.metrics} loading={list.loading} error={list.error} onRetry={list.retry} window={explore.window} onInsert={insert} onBrowse={() => setBrowsing(true)} />
        </Panel>
      ) : (
        <Result explore={explore} metadata={metadata} />
      )}
      {opened ? <Browser explore={explore} list={list} onBrowsing={setBrowsing} /> : null}
    </div>
  );
}

interface BrowserProps {
  explore: Explore;
  list: ReturnType<typeof useMetricList>;
  onBrowsing: (on: boolean) => void;
}

function Browser({ explore, list, onBrowsing }: BrowserProps) {
  const { search, setSearch, insert, window } = explore;
  const close = (): void => {
    onBrowsing(false);
    if (search.metric !== "") setSearch({ metric: "" }, "replace");
  };
  return (
    <Suspense fallback={null}>
      <MetricBrowser
        opened
        onClose={close}
        metrics={list.metrics}
        cut={list.cut}
        loading={list.loading}
        error={list.error}
        onRetry={list.retry}
        metric={search.metric}
        onMetric={(metric) => {
          // Open stays open when the choice is taken back.
          onBrowsing(true);
          setSearch({ metric }, "replace");
        }}
        window={window}
        onInsert={(expr) => {
          close();
          insert(expr);
        }}
      />
    </Suspense>
  );
}

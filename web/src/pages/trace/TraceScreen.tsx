// A trace that is here: header, minimap, view, span panel, and the keys that move between them.
import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useMemo, type ReactElement } from "react";
import type { TraceOutline } from "@/api/schema";
import { SplitPane } from "@/components/SplitPane";
import { useSearchState } from "@/lib/urlState";
import { Loading } from "@/shell/help";
import { TraceHeader } from "./header/TraceHeader";
import { Toolbar } from "./header/Toolbar";
import { Minimap } from "./Minimap";
import classes from "./Page.module.css";
import { Sheet } from "./panel/Sheet";
import { traceSearch, type TraceSearch } from "./search";
import { TRACE_TABS, type TabId, type TraceTab, type TraceTabProps } from "./tabs";
import { useTraceKeys } from "./useTraceKeys";
import { useTraceModel } from "./useTraceModel";
import { useTraceView, type TraceView } from "./useTraceView";
import { Waterfall } from "./waterfall/Waterfall";

interface TraceScreenProps {
  readonly outline: TraceOutline;
  /** The root has not arrived, and the trace still grows. */
  readonly running: boolean;
  /** Why it could not be asked for anew; null where it could. */
  readonly stale: Error | null;
}

/** The panel is a chunk of its own: rows come first. */
const SpanPanel = lazy(() => import("./panel/SpanPanel").then((module) => ({ default: module.SpanPanel })));
const NARROW = "(max-width: 640px)";
const VIEWS: ReadonlyMap<TabId, (props: TraceTabProps) => ReactElement> = new Map(TRACE_TABS.map((tab) => [tab.id, viewOf(tab)]));

function viewOf(tab: TraceTab): (props: TraceTabProps) => ReactElement {
  const Component = lazy(() => tab.load().then((component) => ({ default: component })));
  return (props) => <Component {...props} />;
}

/** The page of a trace whose outline is here. */
export function TraceScreen({ outline, running, stale }: TraceScreenProps): ReactElement {
  const [search, set] = useSearchState(traceSearch);
  const data = useTraceModel(outline);
  const view = useTraceView(data, search, set);
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  useTraceKeys(view, search, set);
  const panel =
    search.span === "" ? undefined : (
      <Suspense fallback={<Loading rows={12} />}>
        <SpanPanel key={search.span} model={data.model} spanId={search.span} view={view} pending={data.pages.get(search.span)} onClose={() => view.select(-1)} />
      </Suspense>
    );
  const left = (
    <div className={classes.left}>
      <TraceHeader view={view} search={search} set={set} running={running} />
      {stale === null ? null : (
        <div className={classes.notice} role="status">
          What is shown may be old: {stale.message}.
        </div>
      )}
      <Minimap view={view} />
      <Toolbar view={view} search={search} set={set} />
      <div className={classes.body}>
        {search.tab === "waterfall" || !VIEWS.has(search.tab) ? (
          <Waterfall view={view} data={data} narrow={narrow} find={search.find} />
        ) : (
          <View tab={search.tab} view={view} search={search} set={set} running={running} />
        )}
      </div>
    </div>
  );
  return (
    <div className={classes.page}>
      {narrow ? (
        <>
          {left}
          {panel === undefined ? null : <Sheet onClose={() => view.select(-1)}>{panel}</Sheet>}
        </>
      ) : (
        <SplitPane name="trace.panel" label="span details" initial={440} min={300} max={1100} first={left} second={panel} />
      )}
    </div>
  );
}

interface ViewProps {
  readonly tab: TabId;
  readonly view: TraceView;
  readonly search: TraceSearch;
  readonly set: (patch: Partial<TraceSearch>) => void;
  readonly running: boolean;
}

function View({ tab, view, search, set, running }: ViewProps): ReactElement {
  const { model, colour, selected, select, root, zoomTo, matches } = view;
  const props: TraceTabProps = useMemo(
    () => ({ model, colour, selected, select, root, zoomTo, matches, running, compareWith: search.with, setCompareWith: (id: string) => set({ with: id }) }),
    [model, colour, selected, select, root, zoomTo, matches, running, search.with, set],
  );
  return <Suspense fallback={<Loading rows={16} />}>{VIEWS.get(tab)?.(props)}</Suspense>;
}

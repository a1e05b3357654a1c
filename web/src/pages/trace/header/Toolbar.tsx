// The row above the view: tabs, search, filters in force, view options; and the way out of a zoom.
import { IconChevronRight } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Chip } from "@/components/Chip";
import { TabLinks } from "@/components/TabLinks";
import { hrefs } from "@/lib/href";
import { formatOffset } from "@/lib/trace/axis";
import { ancestors, nameOf } from "@/lib/trace/read";
import { formatSearch } from "@/lib/urlState";
import { traceSearch, type TraceSearch } from "../search";
import { TRACE_TABS } from "../tabs";
import type { TraceView } from "../useTraceView";
import { FindBox } from "./FindBox";
import classes from "./Toolbar.module.css";
import { ViewMenu } from "./ViewMenu";

interface ToolbarProps {
  readonly view: TraceView;
  readonly search: TraceSearch;
  readonly set: (patch: Partial<TraceSearch>, how?: "replace" | "push") => void;
}

/** Tabs, search and options. */
export function Toolbar({ view, search, set }: ToolbarProps): ReactElement {
  const tabs = [{ id: "waterfall" as const, title: "Waterfall" }, ...TRACE_TABS].map((tab) => ({
    id: tab.id,
    title: tab.title,
    href: addressOf(view.model.traceId, { ...search, tab: tab.id }),
  }));
  return (
    <>
      <div className={classes.bar}>
        {tabs.length > 1 ? (
          <div className={classes.tabs}>
            <TabLinks label="Views of the trace" tabs={tabs} current={search.tab} />
          </div>
        ) : null}
        <FindBox view={view} search={search} set={set} />
        <ViewMenu view={view} search={search} set={set} />
      </div>
      <Trail view={view} search={search} set={set} />
    </>
  );
}

/** The address of the page with another state. */
function addressOf(traceId: string, search: TraceSearch): string {
  return hrefs.trace(traceId) + formatSearch(traceSearch.format(search));
}

/** Where the view is zoomed to, and the filters in force. */
function Trail({ view, search, set }: ToolbarProps): ReactElement | null {
  const { model, root, window, whole } = view;
  const windowed = window !== whole;
  const step = (window.to - window.from) / 100;
  const chips = [
    ...(windowed
      ? [{ name: "time", operator: "", value: `${formatOffset(window.from, step)} to ${formatOffset(window.to, step)}`, remove: () => view.setWindow(undefined) }]
      : []),
    ...(search.critical ? [{ name: "critical path", operator: "", value: "only", remove: () => set({ critical: false }) }] : []),
    ...(search.min === "" ? [] : [{ name: "duration", operator: "≥", value: search.min, remove: () => set({ min: "" }) }]),
  ];
  if (root < 0 && chips.length === 0) return null;
  return (
    <div className={classes.trail}>
      {root < 0 ? null : (
        <nav aria-label="Zoomed to" className={classes.crumbs}>
          <button type="button" className={classes.crumb} onClick={() => view.zoomTo(-1)}>
            Whole trace
          </button>
          {ancestors(model, root).slice(-4).map((row) => (
            <span key={row} className={classes.step}>
              <IconChevronRight size={12} aria-hidden />
              <button type="button" className={classes.crumb} onClick={() => view.zoomTo(row)}>
                {nameOf(model, row)}
              </button>
            </span>
          ))}
          <span className={classes.step}>
            <IconChevronRight size={12} aria-hidden />
            <span aria-current="true" className={classes.here}>
              {nameOf(model, root)}
            </span>
          </span>
        </nav>
      )}
      {chips.map((chip) => (
        <Chip key={chip.name} name={chip.name} operator={chip.operator} value={chip.value} onRemove={chip.remove} />
      ))}
      {windowed ? (
        <button type="button" className={classes.toggle} aria-pressed={search.inside} onClick={() => set({ inside: !search.inside })}>
          hide spans outside
        </button>
      ) : null}
    </div>
  );
}

// The page "Routes": who gets what. The tree, the tester, receivers and how they fare, inhibition, named times.
import { useMemo, type ReactElement } from "react";
import type { Routing } from "@/api/schema";
import { AlertingTabs } from "@/components/AlertingTabs";
import layout from "@/components/alerting/layout.module.css";
import { Suppressions } from "@/components/alerting/Suppressions";
import { useNow } from "@/components/alerting/useNow";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { routeLines, wayThrough } from "@/lib/alerting/way";
import { hrefs } from "@/lib/href";
import { formatAgo } from "@/lib/units";
import { useSearchState } from "@/lib/urlState";
import { useRouting } from "@/pages/rules/useRules";
import controls from "@/shell/controls.module.css";
import { Failure, Loading } from "@/shell/help";
import { Inhibition, Intervals } from "./Others";
import { Receivers } from "./Receivers";
import { RouteTree } from "./RouteTree";
import { routesCodec } from "./search";
import { Tester } from "./Tester";
import { useRouteTest } from "./useRouteTest";
import classes from "./Page.module.css";

/** The page. */
export function Page(): ReactElement {
  const query = useRouting();
  const { data } = query;
  return (
    <div className={layout["page"]}>
      <header className={layout["head"]}>
        <h1>Routes</h1>
        <Source routing={data} />
        <div className={layout["actions"]}>
          <Go href={hrefs.deliveries({ test: true })} className={controls["button"]}>
            Send a test
          </Go>
        </div>
      </header>
      <AlertingTabs />
      {data !== undefined ? <Content routing={data} /> : query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <div aria-busy="true"><Loading rows={14} height={32} /></div>}
    </div>
  );
}

const SOURCES: Readonly<Record<string, string>> = { "built-in": "built-in routes: nothing is configured", configuration: "from the configuration" };

function Source({ routing }: { readonly routing: Routing | undefined }): ReactElement {
  const now = useNow(30_000);
  if (routing === undefined) return <p className={layout["facts"]} />;
  return <p className={layout["facts"]} role="status">{`${SOURCES[routing.source] ?? routing.source}, read ${formatAgo(Date.parse(routing.loadedAt), now)}`}</p>;
}

function Content({ routing }: { readonly routing: Routing }): ReactElement {
  const [{ labels }, set] = useSearchState(routesCodec);
  const test = useRouteTest(labels);
  const lines = useMemo(() => routeLines(routing.route), [routing.route]);
  const way = useMemo(() => (test.report === undefined ? undefined : wayThrough(lines, test.report.steps)), [lines, test.report]);
  return (
    <>
      {routing.error === undefined ? null : (
        <div className={layout["notice"]} data-tone="red" role="alert">
          <p>The newest text of {SOURCES[routing.source] === undefined ? routing.source : "the configuration"} is not in force. What is shown here is the one before it.</p>
          <p className={layout["code"]}>{routing.error}</p>
        </div>
      )}
      {routing.warnings.length === 0 ? null : (
        <div className={layout["notice"]} data-tone="amber">
          <p>Read, but not in force:</p>
          <ul>
            {routing.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      <Tester labels={labels} test={test} onLabels={(text) => set({ labels: text }, "replace")} />
      <Panel title="Tree" subtitle="the first route that matches takes an alert; below it the same" flush>
        <div className={classes["scroll"]}>
          <RouteTree lines={lines} way={way} />
        </div>
      </Panel>
      <Receivers receivers={routing.receivers} highlighted={test.report?.receivers ?? NONE} />
      <div className={layout["columns"]}>
        <Inhibition rules={routing.inhibitRules} />
        <Intervals intervals={routing.timeIntervals} />
      </div>
      <Suppressions suppressions={routing.suppressions} />
    </>
  );
}

const NONE: readonly string[] = [];

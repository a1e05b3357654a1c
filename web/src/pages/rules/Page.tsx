// The page "Rules": what is watched and how it fares; import and export; files that could not be read.
import { Suspense, useMemo, useState, type ReactElement } from "react";
import { AlertingTabs } from "@/components/AlertingTabs";
import { Go, useGo } from "@/components/Go";
import { send } from "@/api/client";
import { findRules, rulesLine } from "@/lib/alerting/rules";
import { saveText } from "@/lib/copy";
import { hrefs } from "@/lib/href";
import { useSearchState } from "@/lib/urlState";
import controls from "@/shell/controls.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { late } from "@/shell/late";
import { useShortcuts } from "@/shell/shortcuts";
import { toast } from "@/shell/toast";
import layout from "@/components/alerting/layout.module.css";
import { Filters } from "./Filters";
import { RuleTable } from "./RuleTable";
import { NO_FILTER, rulesCodec } from "./search";
import { useRules } from "./useRules";

const ImportDialog = late(() => import("./ImportDialog").then((module) => module.ImportDialog));

async function exportYaml(): Promise<void> {
  try {
    const answer = await send("GET", "/api/v1/rules/export?origin=editor,configuration,file,builtin", { accept: "application/yaml" });
    saveText("rules.yaml", "application/yaml", await answer.text());
  } catch (error) {
    toast(`Not exported: ${error instanceof Error ? error.message : String(error)}`, "failed");
  }
}

/** The page "Rules". */
export function Page(): ReactElement {
  const { data } = useRules();
  const [importing, setImporting] = useState(false);
  const go = useGo();
  useShortcuts([{ keys: "n", what: "new rule", run: () => go(hrefs.newRule()) }]);
  return (
    <div className={`${layout["page"]} ${layout["full"]}`}>
      <header className={layout["head"]}>
        <h1>Rules</h1>
        <p role="status" className={layout["facts"]}>
          {data === undefined ? "" : rulesLine(data.rules)}
        </p>
        <div className={layout["actions"]}>
          <button type="button" className={controls["button"]} onClick={() => setImporting(true)}>
            Import
          </button>
          <button type="button" className={controls["button"]} onClick={() => void exportYaml()}>
            Export YAML
          </button>
          <Go href={hrefs.newRule()} className={`${controls["button"]} ${controls["primary"]}`}>
            New rule
          </Go>
        </div>
      </header>
      <AlertingTabs />
      <Rules />
      {importing ? (
        <Suspense fallback={null}>
          <ImportDialog onClose={() => setImporting(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Rules(): ReactElement {
  const query = useRules();
  const [filter, set] = useSearchState(rulesCodec);
  const rules = query.data?.rules;
  const found = useMemo(() => findRules(rules ?? [], filter), [rules, filter]);
  if (rules === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <div aria-busy="true"><Loading rows={16} height={32} /></div>;
  return (
    <>
      {query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Problems problems={query.data?.problems ?? []} />
      <Filters filter={filter} rules={rules} found={found.length} onChange={set} />
      {found.length > 0 ? <RuleTable rules={found} /> : <Nothing any={rules.length > 0} onClear={() => set(NO_FILTER)} />}
    </>
  );
}

/** Files that could not be read. */
function Problems({ problems }: { readonly problems: readonly string[] }): ReactElement | null {
  if (problems.length === 0) return null;
  return (
    <div className={layout["notice"]} data-tone="red" role="alert">
      <p>{problems.length === 1 ? "A rule file could not be read; its older content is in force:" : "Some rule files could not be read; their older content is in force:"}</p>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </div>
  );
}

function Nothing({ any, onClear }: { readonly any: boolean; readonly onClear: () => void }): ReactElement {
  if (any) {
    return (
      <Empty title="No rule matches" hint="Use fewer words, or other filters." action={<button type="button" className={controls["button"]} onClick={onClear}>Clear filters</button>} />
    );
  }
  return <Empty title="Nothing is watched yet" hint="Write a rule, import rules of Prometheus or Grafana, or name files under rule_files in the configuration." action={<Go href={hrefs.newRule()} className={`${controls["button"]} ${controls["primary"]}`}>Write a rule</Go>} />;
}

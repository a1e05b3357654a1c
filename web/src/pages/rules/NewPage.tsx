// The page of a new rule: empty, with an expression, or as a copy of another rule.
import { useEffect, type ReactElement } from "react";
import type { RuleDefinition } from "@/api/schema";
import { AlertingTabs } from "@/components/AlertingTabs";
import layout from "@/components/alerting/layout.module.css";
import { draftOf, NEW_DRAFT, type Draft } from "@/lib/alerting/draft";
import { useSearchState } from "@/lib/urlState";
import { Failure, Loading } from "@/shell/help";
import { Editor } from "./editor/Editor";
import { newRuleCodec } from "./search";
import { useRule } from "./useRules";

function copyOf(definition: RuleDefinition): Draft {
  return { ...draftOf(definition), name: `${definition.name ?? ""}Copy`, enabled: true };
}

/** The page. */
export function Page(): ReactElement {
  const [{ expr, copy }] = useSearchState(newRuleCodec);
  const original = useRule(copy);
  useEffect(() => {
    document.title = "New rule · Tachograph";
  }, []);
  if (copy === "") return <Editor key={expr} start={{ ...NEW_DRAFT, expr }} />;
  if (original.data !== undefined) return <Editor key={copy} start={copyOf(original.data.rule.definition)} />;
  return (
    <div className={layout["page"]} aria-busy={original.error === null}>
      <h1>New rule</h1>
      <AlertingTabs />
      {original.error === null ? <Loading rows={12} height={30} /> : <Failure error={original.error} onRetry={() => void original.refetch()} />}
    </div>
  );
}

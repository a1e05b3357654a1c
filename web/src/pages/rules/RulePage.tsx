// The page of one rule: how it stands, or its editor.
import { useParams } from "@tanstack/react-router";
import { Suspense, useEffect, type ReactElement } from "react";
import { ApiFailure } from "@/api/failure";
import { AlertingTabs } from "@/components/AlertingTabs";
import layout from "@/components/alerting/layout.module.css";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { useSearchState } from "@/lib/urlState";
import controls from "@/shell/controls.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { late } from "@/shell/late";
import { RuleScreen } from "./detail/RuleScreen";
import { ruleCodec } from "./search";
import { useRule } from "./useRules";

const Editor = late(() => import("./editor/Editor").then((module) => module.Editor));

/** The page of one rule. */
export function Page(): ReactElement {
  const params = useParams({ strict: false });
  const given: unknown = "id" in params ? params.id : "";
  const id = typeof given === "string" ? given : "";
  return <OneRule key={id} id={id} />;
}

function OneRule({ id }: { readonly id: string }): ReactElement {
  const query = useRule(id);
  const [search] = useSearchState(ruleCodec);
  const name = query.data?.rule.definition.name ?? id.split("/").at(-1) ?? id;
  useEffect(() => {
    document.title = `${name} · Rules · Tachograph`;
  }, [name]);
  if (query.data !== undefined && search.edit && query.data.rule.editable) {
    return (
      <Suspense fallback={<Waiting name={name} />}>
        <Editor saved={query.data.rule} />
      </Suspense>
    );
  }
  if (query.data !== undefined) return <RuleScreen detail={query.data} stale={query.error} />;
  if (query.error === null) return <Waiting name={name} />;
  const gone = query.error instanceof ApiFailure && query.error.kind === "not_found";
  return (
    <div className={layout["page"]}>
      <h1>{name}</h1>
      <AlertingTabs />
      {gone ? (
        <Empty title={`There is no rule ${id}`} hint="It may have been removed or renamed." action={<Go href={hrefs.rules()} className={controls["button"]}>All rules</Go>} />
      ) : <Failure error={query.error} onRetry={() => void query.refetch()} />}
    </div>
  );
}

function Waiting({ name }: { readonly name: string }): ReactElement {
  return (
    <div className={layout["page"]} aria-busy="true">
      <h1>{name}</h1>
      <AlertingTabs />
      <Loading rows={14} height={28} />
    </div>
  );
}

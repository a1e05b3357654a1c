// The page "On call": who is on call now, until when, who is next; and who is told when nobody takes an alert on.
import type { ReactElement } from "react";
import type { EscalationList } from "@/api/schema";
import { AlertingTabs } from "@/components/AlertingTabs";
import layout from "@/components/alerting/layout.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { Policies } from "./Policies";
import { RotaPanel } from "./RotaPanel";
import { useEscalations } from "./useEscalations";

/** The page. */
export function Page(): ReactElement {
  const query = useEscalations();
  const { data } = query;
  return (
    <div className={layout["page"]}>
      <header className={layout["head"]}>
        <h1>On call</h1>
        <p className={layout["facts"]} role="status">{data === undefined ? "" : nowText(data)}</p>
      </header>
      <AlertingTabs />
      {data === undefined ? (query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <div aria-busy="true"><Loading rows={12} height={34} /></div>) : <Content list={data} />}
    </div>
  );
}

function nowText({ rotas }: EscalationList): string {
  const names = [...new Set(rotas.flatMap((rota) => (rota.now === undefined ? [] : [rota.now.member])))];
  return names.length === 0 ? "" : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} on call`;
}

function Content({ list }: { readonly list: EscalationList }): ReactElement {
  const { rotas, policies } = list;
  if (rotas.length === 0 && policies.length === 0) {
    return (
      <Empty
        title="Nobody takes turns yet"
        hint={<>Name rotas and policies under <code>escalation</code> in the configuration: then somebody else is told when nobody takes an alert on.</>}
      />
    );
  }
  return (
    <>
      {rotas.map((rota) => (
        <RotaPanel key={rota.name} rota={rota} />
      ))}
      <Policies policies={policies} rotas={rotas} />
    </>
  );
}

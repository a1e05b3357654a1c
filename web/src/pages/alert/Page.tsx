// The page of one alert: what is wrong, since when, who was told, what stands behind it, and what to do.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, type ReactElement } from "react";
import { api } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import { AlertingTabs } from "@/components/AlertingTabs";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import controls from "@/shell/controls.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { AlertScreen } from "./AlertScreen";
import classes from "./Page.module.css";

/** The page of one alert. */
export function Page(): ReactElement {
  const params = useParams({ strict: false });
  const given: unknown = "id" in params ? params.id : "";
  const id = typeof given === "string" ? given : "";
  return <OneAlert key={id} id={id} />;
}

function OneAlert({ id }: { readonly id: string }): ReactElement {
  const { data, error, refetch } = useQuery({ queryKey: ["alerts", "one", id], queryFn: ({ signal }) => api.get("/api/v1/alerts/{id}", { path: { id }, signal }) });
  const name = data?.alert.name;
  useEffect(() => {
    document.title = `${name ?? id} · Tachograph`;
  }, [name, id]);
  if (data !== undefined) return <AlertScreen detail={data} error={error} />;
  return (
    <div className={classes["page"]} aria-busy={error === null}>
      <h1>{id}</h1>
      <AlertingTabs />
      {error === null ? <Loading rows={16} height={32} /> : error instanceof ApiFailure && error.kind === "not_found" ? <Gone id={id} /> : <Failure error={error} onRetry={() => void refetch()} />}
    </div>
  );
}

function Gone({ id }: { readonly id: string }): ReactElement {
  return (
    <Empty
      title={`There is no alert ${id}`}
      hint="It was over so long ago that it is no longer kept, or the address was cut off. The history has what is kept."
      action={<Go href={hrefs.alerts({ state: "history", from: "now-7d", to: "now" })} className={controls["button"]}>History of the last 7 days</Go>}
    />
  );
}

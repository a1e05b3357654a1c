// The page "Services": one line a service with rate, errors and duration, or a map of who calls whom.
import { lazy, Suspense, type ReactElement } from "react";
import { Segments } from "@/components/Segments";
import { serviceSearchCodec } from "@/lib/services/search";
import { useSearchState } from "@/lib/urlState";
import { Loading } from "@/shell/help";
import { ServiceList } from "./ServiceList";
import classes from "./Page.module.css";

const ServiceMap = lazy(() => import("./ServiceMap").then((module) => ({ default: module.ServiceMap })));

const VIEWS = [{ value: "list", label: "List" }, { value: "map", label: "Map" }] as const;

/** The page. */
export function Page(): ReactElement {
  const [search, change] = useSearchState(serviceSearchCodec);
  const views = <Segments label="View" value={search.view} options={VIEWS} onChange={(view) => change({ view })} />;
  return (
    <div className={classes["page"]} data-view={search.view}>
      {search.view === "list" ? (
        <ServiceList search={search} onSearch={change} views={views} />
      ) : (
        <Suspense fallback={<Loading rows={12} />}>
          <ServiceMap kind={search.kind} onKind={(kind) => change({ kind })} views={views} />
        </Suspense>
      )}
    </div>
  );
}

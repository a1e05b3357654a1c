// The page of one trace: gets its outline, and says so where there is none.
import { useParams } from "@tanstack/react-router";
import { useEffect, type ReactElement } from "react";
import { ApiFailure } from "@/api/failure";
import { normalId, shortId } from "@/lib/ids";
import { Failure } from "@/shell/help";
import classes from "./Page.module.css";
import { Skeleton } from "./Skeleton";
import { TraceNotHere } from "./TraceNotHere";
import { TraceScreen } from "./TraceScreen";
import { useLiveOutline } from "./useOutline";

/** The page of one trace. */
export function Page(): ReactElement {
  const params = useParams({ strict: false });
  const given: unknown = "traceId" in params ? params.traceId : "";
  const traceId = normalId(typeof given === "string" ? given : "");
  return <Trace key={traceId} traceId={traceId} />;
}

function Trace({ traceId }: { readonly traceId: string }): ReactElement {
  const { data, error, refetch, running, isFetching } = useLiveOutline(traceId);
  const name = data?.name;
  useEffect(() => {
    document.title = `${name ?? `Trace ${shortId(traceId)}`} · Tachograph`;
  }, [name, traceId]);
  if (data !== undefined) return <TraceScreen outline={data} running={running} stale={error} />;
  if (error instanceof ApiFailure && error.kind === "not_found") {
    return <TraceNotHere traceId={traceId} looking={isFetching} onRetry={() => void refetch()} />;
  }
  if (error !== null) {
    return (
      <div className={classes.alone}>
        <h1>Trace {shortId(traceId)}</h1>
        <Failure error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  return <Skeleton traceId={traceId} />;
}

// The trace page while its outline loads: boxes of the size of what comes.
import type { ReactElement } from "react";
import { shortId } from "@/lib/ids";
import { Loading } from "@/shell/help";
import classes from "./Page.module.css";

/** The page before there is anything to show. */
export function Skeleton({ traceId }: { readonly traceId: string }): ReactElement {
  return (
    <div className={classes.alone} aria-busy>
      <h1>Trace {shortId(traceId)}</h1>
      <div className={classes.boneHeader} />
      <div className={classes.boneMap} />
      <Loading rows={18} />
    </div>
  );
}

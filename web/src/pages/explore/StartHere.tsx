// Without a query: metrics that are there and worth a look, one click each.
import { startMetrics, suggestedQueries, type MetricEntry } from "@/lib/promql/suggest";
import { plural } from "@/lib/numbers";
import { Failure, Loading, NoDataYet } from "@/shell/help";
import classes from "./StartHere.module.css";

interface StartHereProps {
  metrics: readonly MetricEntry[];
  loading: boolean;
  error: unknown;
  onRetry: () => void;
  /** The window of `rate()` in suggestions. */
  window: string;
  onInsert: (expr: string) => void;
  onBrowse: () => void;
}

const COUNT = 8;

/** Where to begin. */
export function StartHere({ metrics, loading, error, onRetry, window, onInsert, onBrowse }: StartHereProps) {
  if (loading) return <Loading rows={COUNT} height={30} />;
  if (error !== null && error !== undefined) return <Failure error={error} onRetry={onRetry} />;
  if (metrics.length === 0) return <NoDataYet signal="samples" />;
  return (
    <div className={classes.start}>
      <ul className={classes.list}>
        {startMetrics(metrics, COUNT).map((entry) => {
          const query = suggestedQueries(entry, window)[0];
          return query === undefined ? null : (
            <li key={entry.name}>
              <button type="button" className={classes.metric} onClick={() => onInsert(query.expr)}>
                <span className={classes.name}>{entry.name}</span>
                <span className={classes.kind}>{entry.type}</span>
                <span className={classes.help}>{entry.help === "" ? query.what : entry.help}</span>
                <code className={classes.query}>{query.expr}</code>
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" className={classes.all} onClick={onBrowse}>{`All ${plural(metrics.length, "metric")}`}</button>
    </div>
  );
}

// A query on one line, lightly highlighted: for lists. The whole text is the tooltip.
import { useMemo, type ReactElement } from "react";
import { oneLine, queryParts } from "@/lib/alerting/promqlParts";
import classes from "./QueryLine.module.css";

interface QueryLineProps {
  readonly query: string;
  /** Lines break and the whole query is shown. */
  readonly whole?: boolean;
}

/** The query. */
export function QueryLine({ query, whole = false }: QueryLineProps): ReactElement {
  const parts = useMemo(() => queryParts(whole ? query : oneLine(query)), [query, whole]);
  return (
    <code className={classes["query"]} data-whole={whole} title={whole ? undefined : query}>
      {parts.map((part, place) => (part.kind === "plain" ? part.text : <span key={place} data-kind={part.kind}>{part.text}</span>))}
    </code>
  );
}

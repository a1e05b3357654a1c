// The query in words. A word without braces is looked for in the lines; what the server says about a query stands below.
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { ApiFailure } from "@/api/failure";
import { QueryField } from "@/editor/QueryField";
import { queryOfTyped } from "@/lib/logs/logql";
import { useShortcuts } from "@/shell/shortcuts";
import { useLogs } from "./context";
import classes from "./QueryBar.module.css";

const SHORT = "Words, or LogQL";
const PLACEHOLDER = 'Words to look for, or LogQL: {service_name="planner"} |= "timeout" | task_id="t-1"';

/** The field with its button. `error` is what the server said about the query. */
export function QueryBar({ error }: { readonly error: unknown }): ReactElement {
  const { search, conditions, ask, say } = useLogs();
  const [text, setText] = useState(search.q);
  const narrow = useMediaQuery("(max-width: 640px)") ?? false;
  const box = useRef<HTMLDivElement>(null);
  // The URL may change without this field: Back, a facet, a pattern.
  useEffect(() => setText(search.q), [search.q]);
  const run = (): void => {
    const typed = queryOfTyped(text);
    setText(typed.query);
    if (typed.note !== undefined) say(typed.note);
    ask({ ...conditions, q: typed.query });
  };
  useShortcuts([{ keys: "/", what: "search the logs", run: () => box.current?.querySelector<HTMLElement>("input, .cm-content")?.focus() }]);
  const failure = error instanceof ApiFailure && error.field === "q" && text === search.q ? error : undefined;
  const diagnostics = useMemo(() => (failure === undefined ? [] : [{ position: failure.position ?? 0, message: failure.message }]), [failure]);
  return (
    <div className={classes["bar"]}>
      <div ref={box} className={classes["field"]}>
        <QueryField language="logql" value={text} onChange={setText} onRun={run} placeholder={narrow ? SHORT : PLACEHOLDER} label="LogQL query" diagnostics={diagnostics} />
        <button type="button" className={classes["run"]} onClick={run}>
          Search
        </button>
      </div>
      {failure === undefined ? null : <Problem text={search.q} failure={failure} />}
    </div>
  );
}

/** What is wrong with the query, and where. */
function Problem({ text, failure }: { readonly text: string; readonly failure: ApiFailure }): ReactElement {
  const { position } = failure;
  const letters = [...text];
  return (
    <div role="alert" className={classes["problem"]}>
      <span>{failure.message.replace(/^\d+:\d+: /, "")}</span>
      {position === undefined ? null : (
        <code className={classes["where"]}>
          {letters.slice(Math.max(0, position - 24), position).join("")}
          <mark>{letters[position] ?? "⏎"}</mark>
          {letters.slice(position + 1, position + 24).join("")}
        </code>
      )}
      {failure.hint === undefined ? null : <span className={classes["hint"]}>{failure.hint}</span>}
    </div>
  );
}

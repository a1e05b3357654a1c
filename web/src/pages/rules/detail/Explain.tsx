// "Why did this (not) fire?": a moment is asked for, the server answers with what it saw then.
import { useMemo, useState, type FormEvent, type ReactElement } from "react";
import type { Rule } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Panel } from "@/components/Panel";
import { readInstant } from "@/lib/timeRange";
import { useSearchState } from "@/lib/urlState";
import controls from "@/shell/controls.module.css";
import { Failure, Loading } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { ruleCodec } from "../search";
import { useExplanation } from "../useRules";
import { Explanation } from "./Explanation";
import classes from "./RuleScreen.module.css";

const QUICK = [["now", "Now"], ["now-5m", "5 min ago"], ["now-1h", "1 hour ago"], ["now-1d", "1 day ago"]] as const;

/** The question and its answer; the moment is in the URL. */
export function Explain({ rule }: { readonly rule: Rule }): ReactElement {
  const [search, set] = useSearchState(ruleCodec);
  const { zone, dateTime } = useZone();
  // Words such as `now` mean one moment for as long as the address stays.
  const atMs = useMemo(() => (search.explain === "" ? undefined : instantOf(search.explain, zone)), [search.explain, zone]);
  const [typed, setTyped] = useState(atMs === undefined ? "" : dateTime(atMs));
  const [problem, setProblem] = useState("");
  const at = atMs === undefined ? undefined : new Date(atMs).toISOString();
  const query = useExplanation(rule.id, at, search.labels);
  const ask = (text: string): void => {
    const read = readInstant(text, Date.now(), zone);
    if (!read.ok) {
      setProblem(read.message);
      return;
    }
    setProblem("");
    setTyped(dateTime(read.value));
    set({ explain: new Date(read.value).toISOString() });
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    ask(typed.trim() === "" ? "now" : typed);
  };
  return (
    <Panel title="Why did it fire, or not?">
      <form className={classes["ask"]} onSubmit={send}>
        <label className={layout["field"]}>
          At what time
          <input className={layout["input"]} value={typed} placeholder="14:03, 2026-11-20 14:03, now-2h" spellCheck={false} aria-invalid={problem !== ""} aria-describedby={problem === "" ? undefined : "explain-problem"} onChange={(event) => setTyped(event.currentTarget.value)} />
        </label>
        <button type="submit" className={`${controls["button"]} ${controls["primary"]}`}>
          Explain
        </button>
        {QUICK.map(([text, label]) => (
          <button key={text} type="button" className={controls["button"]} onClick={() => ask(text)}>
            {label}
          </button>
        ))}
      </form>
      {problem === "" ? null : <p id="explain-problem" className={layout["problem"]} role="alert">{problem}</p>}
      {at === undefined ? null : query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : query.data === undefined ? <div aria-busy="true"><Loading rows={6} /></div> : <Explanation explanation={query.data} unit={rule.unit} operator={rule.operator} />}
    </Panel>
  );
}

function instantOf(text: string, zone: "local" | "utc"): number | undefined {
  const read = readInstant(text, Date.now(), zone);
  return read.ok ? read.value : undefined;
}

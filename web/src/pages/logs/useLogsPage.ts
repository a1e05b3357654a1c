// The state of the logs page: what the URL says, how it changes, what was said last.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { conditionParams, type LogConditions } from "@/lib/logs/conditions";
import type { Line } from "@/lib/logs/line";
import { useSearchState } from "@/lib/urlState";
import { usePath } from "@/shell/usePath";
import type { LogsPage } from "./context";
import { conditionsOf, logsCodec } from "./search";

/** What was said stays so long. */
const SAID_MS = 8000;

/** The page's state; `known` is the record that was opened last, as its list had it. */
export function useLogsPage(): { readonly page: LogsPage; readonly said: string; readonly known: Line | undefined } {
  const [now, set] = useSearchState(logsCodec);
  // While the next page loads, this one still stands there: the search is not its own any more.
  const here = usePath() === "/logs";
  const [search, keep] = useState(now);
  if (here && search !== now) keep(now);
  const [said, say] = useState("");
  const [known, setKnown] = useState<Line>();
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => say(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const key = JSON.stringify(conditionsOf(search));
  const latest = useRef(search);
  latest.current = search;
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const conditions = useMemo<LogConditions>(() => conditionsOf(search), [key]);
  const params = useMemo(() => conditionParams(conditions), [conditions]);
  const open = useCallback(
    (line: Line) => {
      setKnown(line);
      set({ record: line.id }, latest.current.record === "" ? "push" : "replace");
    },
    [set],
  );
  const page = useMemo<LogsPage>(
    () => ({
      search, conditions, params, set, open, say,
      ask: (next) => set({ ...next }),
      close: () => set({ record: "", panel: "record" }),
    }),
    [search, conditions, params, set, open],
  );
  return { page, said, known };
}

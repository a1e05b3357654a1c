// What every part of the logs page works with: the state of the URL, the conditions, how to change them.
import { createContext, use } from "react";
import type { ConditionParams, LogConditions } from "@/lib/logs/conditions";
import type { Line } from "@/lib/logs/line";
import type { LogsSearch } from "./search";

/** The state of the page. */
export interface LogsPage {
  readonly search: LogsSearch;
  readonly conditions: LogConditions;
  /** The conditions as the API takes them; the same object while they stay the same. */
  readonly params: ConditionParams;
  /** Changes parts of the URL. */
  set(patch: Partial<LogsSearch>, how?: "push" | "replace"): void;
  /** Goes to other conditions. */
  ask(conditions: LogConditions): void;
  /** Opens a record; while one is open the next takes its place. */
  open(line: Line): void;
  close(): void;
  /** Says something for a moment: in the line of results. */
  say(words: string): void;
}

/** Held by the page. */
export const LogsContext = createContext<LogsPage | undefined>(undefined);

/** The state of the logs page. */
export function useLogs(): LogsPage {
  const page = use(LogsContext);
  if (page === undefined) throw new Error("useLogs is used outside of the logs page");
  return page;
}

// The keys of a list of lines: walk, open, and what can be done with the current line.
import { useGo } from "@/components/Go";
import { copyText } from "@/lib/copy";
import { hrefs } from "@/lib/href";
import { textOf } from "@/lib/logs/download";
import type { Line } from "@/lib/logs/line";
import { useShortcuts } from "@/shell/shortcuts";
import { useLogs } from "./context";
import { lineAddress } from "./lineAddress";
import type { LineListHandle } from "./LineList";
import type { RefObject } from "react";

/** A list that keys walk through. */
export interface WalkedList {
  readonly count: number;
  lineAt(index: number): Line | undefined;
  find(id: string): number;
}

interface Walk {
  /** Id of the current line; "" for none. */
  readonly current: string;
  setCurrent(id: string): void;
}

/** Registers the keys; gives what the list itself does with arrows and Enter. */
export function useLineKeys(list: WalkedList, { current, setCurrent }: Walk, handle: RefObject<LineListHandle | null>): { move(to: number): void; openCurrent(): void } {
  const page = useLogs();
  const go = useGo();
  const at = (): number => (current === "" ? -1 : list.find(current));
  const line = (): Line | undefined => list.lineAt(Math.max(0, at()));
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(list.count - 1, to));
    const next = list.lineAt(index);
    if (next === undefined) return;
    setCurrent(next.id);
    handle.current?.show(index, "auto");
    handle.current?.focus();
    if (page.search.record !== "") page.open(next);
  };
  const step = (by: number): void => {
    const from = at();
    move(from < 0 ? (handle.current?.first() ?? 0) : from + by);
  };
  const withLine = (run: (found: Line) => void) => (): void => {
    const found = line();
    if (found !== undefined) run(found);
  };
  useShortcuts([
    { keys: "j", what: "next line", run: () => step(1) },
    { keys: "k", what: "line before", run: () => step(-1) },
    ...(page.search.record === "" ? [] : [{ keys: "escape", what: "close the record", run: page.close }]),
    { keys: "x", what: "lines around this one", run: withLine((found) => (page.open(found), page.set({ record: found.id, panel: "context" }, "replace"))) },
    {
      keys: "o", what: "open its span",
      run: withLine((found) => {
        if (found.traceId === undefined) page.say("This line belongs to no trace.");
        else go(hrefs.trace(found.traceId, { span: found.spanId }));
      }),
    },
    { keys: "c", what: "copy this line as text", run: withLine((found) => void copyText(textOf(found)).then((done) => page.say(done ? "Line copied." : "The browser refused to copy."))) },
    {
      keys: "y", what: "copy a link to this line",
      run: withLine((found) => void copyText(lineAddress(found, page.conditions)).then((done) => page.say(done ? "Link to the line copied." : "The browser refused to copy."))),
    },
  ]);
  return { move, openCurrent: withLine((found) => page.open(found)) };
}

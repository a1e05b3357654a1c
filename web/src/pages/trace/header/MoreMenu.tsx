// What else can be done with a trace: copy its link, take it along as JSON or OTLP, see others like it.
import { IconArrowsDiff, IconBraces, IconDots, IconDownload, IconLink, IconList } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { addressOf, send } from "@/api/client";
import { Go } from "@/components/Go";
import { copyText, saveText } from "@/lib/copy";
import { hrefs } from "@/lib/href";
import type { TraceModel } from "@/lib/trace/model";
import controls from "@/shell/controls.module.css";
import { Flyout } from "@/shell/Flyout";
import { toast } from "@/shell/toast";
import type { TraceSearch } from "../search";
import { TRACE_TABS } from "../tabs";
import classes from "./Menu.module.css";

interface MoreMenuProps {
  readonly model: TraceModel;
  readonly search: TraceSearch;
  readonly set: (patch: Partial<TraceSearch>) => void;
}

/** Spans that one page of a download has at most. */
const PAGE_SPANS = 10_000;

/** The menu at the end of the header. */
export function MoreMenu({ model, search, set }: MoreMenuProps): ReactElement {
  const [opened, setOpened] = useState(false);
  const run = (work: () => Promise<string>): void => {
    setOpened(false);
    work().then((said) => toast(said)).catch((error: unknown) => toast(error instanceof Error ? error.message : String(error), "failed"));
  };
  const compares = TRACE_TABS.some((tab) => tab.id === "compare");
  return (
    <>
      {compares ? (
        <button type="button" className={controls["button"]} aria-pressed={search.tab === "compare"} onClick={() => set({ tab: search.tab === "compare" ? "waterfall" : "compare" })}>
          <IconArrowsDiff size={15} stroke={1.6} aria-hidden /> Compare
        </button>
      ) : null}
      <Flyout
        opened={opened}
        onOpened={setOpened}
        title="More about this trace"
        buttonLabel="More about this trace"
        buttonTitle="Copy, download, similar traces"
        buttonClass={`${controls["button"]} ${controls["icon"]}`}
        button={<IconDots size={16} stroke={1.6} aria-hidden />}
      >
        <div className={classes.menu}>
          <button type="button" className={classes.entry} onClick={() => run(async () => copied(await copyText(location.href), "The link is copied."))}>
            <IconLink size={15} stroke={1.6} aria-hidden /> Copy the link to this view <kbd className={controls["kbd"]}>y</kbd>
          </button>
          <button type="button" className={classes.entry} onClick={() => run(async () => copied(await copyText(await traceText(model.traceId, "json")), `The trace is copied${partWords(model)}.`))}>
            <IconBraces size={15} stroke={1.6} aria-hidden /> Copy as JSON
          </button>
          <button type="button" className={classes.entry} onClick={() => run(() => download(model))}>
            <IconDownload size={15} stroke={1.6} aria-hidden /> Download as OTLP JSON
          </button>
          <Go className={classes.entry} href={hrefs.traces({ service: model.outline.service, name: model.outline.name })}>
            <IconList size={15} stroke={1.6} aria-hidden /> Traces with this operation
          </Go>
        </div>
      </Flyout>
    </>
  );
}

function copied(done: boolean, words: string): string {
  if (!done) throw new Error("the browser refused to copy");
  return words;
}

/** Says what is missing where a trace has more spans than one page. */
function partWords(model: TraceModel): string {
  return Number(model.outline.spanCount) > PAGE_SPANS ? `, its first ${PAGE_SPANS.toLocaleString("en-GB")} spans` : "";
}

/** The first page of a trace as text: up to 10,000 spans. */
async function traceText(traceId: string, format: "json" | "otlp"): Promise<string> {
  const answer = await send("GET", addressOf("/api/v1/traces/{trace_id}", { trace_id: traceId }, { format }));
  return answer.text();
}

async function download(model: TraceModel): Promise<string> {
  saveText(`trace-${model.traceId}.otlp.json`, "application/json", await traceText(model.traceId, "otlp"));
  return `The trace is saved${partWords(model)}.`;
}

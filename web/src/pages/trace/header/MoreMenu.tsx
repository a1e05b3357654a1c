// What else can be done with a trace: copy its link, take it along as JSON or OTLP, compare it.
import { Menu } from "@mantine/core";
import { IconArrowsDiff, IconBraces, IconDots, IconDownload, IconLink, IconList } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { addressOf, send } from "@/api/client";
import { useGo } from "@/components/Go";
import { copyText, saveText } from "@/lib/copy";
import { hrefs } from "@/lib/href";
import type { TraceModel } from "@/lib/trace/model";
import controls from "@/shell/controls.module.css";
import type { TraceSearch } from "../search";
import { TRACE_TABS } from "../tabs";

interface MoreMenuProps {
  readonly model: TraceModel;
  readonly search: TraceSearch;
  readonly set: (patch: Partial<TraceSearch>) => void;
}

/** The menu at the end of the header. */
export function MoreMenu({ model, search, set }: MoreMenuProps): ReactElement {
  const go = useGo();
  const [said, setSaid] = useState("");
  const run = (what: string, work: () => Promise<boolean>): void => {
    setSaid(`${what} …`);
    work()
      .then((done) => setSaid(done ? `${what}: done` : `${what}: the browser refused`))
      .catch((error: unknown) => setSaid(`${what}: ${error instanceof Error ? error.message : String(error)}`));
  };
  const compares = TRACE_TABS.some((tab) => tab.id === "compare");
  return (
    <>
      <span role="status" aria-live="polite" style={{ alignSelf: "center", color: "var(--ink-2)" }}>
        {said}
      </span>
      {compares ? (
        <button type="button" className={controls["button"]} aria-pressed={search.tab === "compare"} onClick={() => set({ tab: "compare" })}>
          <IconArrowsDiff size={15} stroke={1.6} aria-hidden /> Compare
        </button>
      ) : null}
      <Menu position="bottom-end" width={270} onOpen={() => setSaid("")}>
        <Menu.Target>
          <button type="button" className={`${controls["button"]} ${controls["icon"]}`} aria-label="More about this trace" title="Copy, download, similar traces">
            <IconDots size={16} stroke={1.6} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconLink size={15} stroke={1.6} aria-hidden />} onClick={() => run("Copy the link", () => copyText(location.href))}>
            Copy the link to this view
          </Menu.Item>
          <Menu.Item leftSection={<IconBraces size={15} stroke={1.6} aria-hidden />} onClick={() => run("Copy as JSON", async () => copyText(await traceText(model.traceId, "json")))}>
            Copy as JSON
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={15} stroke={1.6} aria-hidden />} onClick={() => run("Download", () => download(model.traceId))}>
            Download as OTLP JSON
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconList size={15} stroke={1.6} aria-hidden />}
            onClick={() => go(hrefs.traces({ service: model.outline.service, name: model.outline.name }))}
          >
            Traces with this operation
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** The first page of a trace as text: up to 10,000 spans. */
async function traceText(traceId: string, format: "json" | "otlp"): Promise<string> {
  const answer = await send("GET", addressOf("/api/v1/traces/{trace_id}", { trace_id: traceId }, { format }));
  return answer.text();
}

async function download(traceId: string): Promise<boolean> {
  saveText(`trace-${traceId}.otlp.json`, "application/json", await traceText(traceId, "otlp"));
  return true;
}

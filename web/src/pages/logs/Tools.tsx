// What can be done with the list as a whole: tail, wrap, columns, download, copy as a command.
import { Checkbox, Menu, Popover } from "@mantine/core";
import { IconColumns3, IconDownload, IconPlayerPlay, IconPlayerStop, IconTerminal2, IconTextWrap } from "@tabler/icons-react";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { IconButton } from "@/components/IconButton";
import { absolute } from "@/lib/base";
import { copyText } from "@/lib/copy";
import { visibleText } from "@/lib/logs/facets";
import { curlCommand, queryCommand, tailCommand } from "@/lib/logs/commands";
import { Loading } from "@/shell/help";
import { useShortcuts } from "@/shell/shortcuts";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import { useLogNames } from "./FilterRow";
import { Trigger } from "./Trigger";
import classes from "./Page.module.css";

const Download = lazy(() => import("./Download").then((module) => ({ default: module.Download })));

/** The buttons at the right of the title. */
export function Tools(): ReactElement {
  const { search, set } = useLogs();
  const [downloads, setDownloads] = useState(false);
  const toggleTail = (): void => set({ tail: !search.tail, view: "lines" });
  useShortcuts([
    { keys: "l", what: "live tail", run: toggleTail },
    { keys: "w", what: "wrap lines", run: () => set({ wrap: !search.wrap }, "replace") },
  ]);
  return (
    <div className={classes["tools"]}>
      <IconButton icon={IconTextWrap} label="Wrap lines (w)" pressed={search.wrap} onClick={() => set({ wrap: !search.wrap }, "replace")} />
      <Columns />
      <Commands />
      <Popover opened={downloads} onChange={setDownloads} position="bottom-end" trapFocus>
        <Popover.Target>
          <Trigger icon={IconDownload} label="Download what matches" onClick={() => setDownloads(!downloads)} />
        </Popover.Target>
        <Popover.Dropdown>
          <Suspense fallback={<Loading rows={4} />}>
            <Download onDone={() => setDownloads(false)} />
          </Suspense>
        </Popover.Dropdown>
      </Popover>
      <button type="button" className={classes["tail"]} aria-pressed={search.tail} onClick={toggleTail}>
        {search.tail ? <IconPlayerStop size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
        <span className={classes["word"]}>Live tail</span>
        <span className={classes["short"]} aria-hidden>Tail</span>
        <kbd>l</kbd>
      </button>
    </div>
  );
}

function Columns(): ReactElement {
  const { search, set } = useLogs();
  const [open, setOpen] = useState(false);
  const [find, setFind] = useState("");
  const names = useLogNames();
  const word = find.trim().toLowerCase();
  const listed = [...new Set([...search.cols, "event_name", ...names])].filter((name) => name.toLowerCase().includes(word)).slice(0, 60);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus>
      <Popover.Target>
        <Trigger icon={IconColumns3} label="Columns" onClick={() => setOpen(!open)} />
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes["columns"]}>
          <input className={classes["find"]} aria-label="Find a name" placeholder="Attribute as a column" value={find} data-autofocus onChange={(event) => setFind(event.currentTarget.value)} />
          <div className={classes["columnList"]} role="group" aria-label="Columns">
            {listed.map((name) => (
              <Checkbox
                key={name}
                className={classes["columnRow"] ?? ""}
                label={visibleText(name)}
                checked={search.cols.includes(name)}
                onChange={(event) => set({ cols: event.currentTarget.checked ? [...search.cols, name] : search.cols.filter((other) => other !== name) }, "replace")}
              />
            ))}
            {listed.length === 0 ? <p className={classes["quiet"]}>No attribute is called so.</p> : null}
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Commands(): ReactElement {
  const { conditions, say } = useLogs();
  const range = useTimeRange();
  const copy = (what: string, text: string): void => {
    void copyText(text).then((done) => say(done ? `${what} copied: ${text}` : "The browser refused to copy."));
  };
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Trigger icon={IconTerminal2} label="Copy as a command" />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => copy("Command", queryCommand(conditions, range))}>Copy as tacho logs query</Menu.Item>
        <Menu.Item onClick={() => copy("Command", tailCommand(conditions))}>Copy as tacho logs tail</Menu.Item>
        <Menu.Item onClick={() => copy("Command", curlCommand(conditions, range, absolute("").href))}>Copy as curl</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

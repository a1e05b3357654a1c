// The menus of the page: queries that were run before, and ways to take results and links along.
import { Menu } from "@mantine/core";
import { IconHistory, IconShare2 } from "@tabler/icons-react";
import { useState } from "react";
import { rememberedList } from "@/lib/storage";
import controls from "@/shell/controls.module.css";
import { HISTORY } from "./history";
import classes from "./PageMenus.module.css";

const SHOWN = 20;

/** Queries that were run before; a click inserts one. */
export function HistoryMenu({ onInsert }: { onInsert: (expr: string) => void }) {
  const [list, setList] = useState<readonly string[]>([]);
  return (
    <Menu position="bottom-end" width={460} withinPortal={false} onOpen={() => setList(rememberedList(HISTORY).slice(0, SHOWN))}>
      <Menu.Target>
        <button type="button" className={controls["button"]}>
          <IconHistory size={15} stroke={1.6} aria-hidden />
          History
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.list} aria-label="Queries that were run before">
        {list.length === 0 ? <Menu.Label>No query was run in this browser yet.</Menu.Label> : null}
        {list.map((expr) => (
          <Menu.Item key={expr} className={classes.query} title={expr} onClick={() => onInsert(expr)}>
            {expr}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface TakeMenuProps {
  /** Whether there is a result. */
  ready: boolean;
  onCopyLink: (fixed: boolean) => void;
  onDownload: (format: "csv" | "json") => void;
}

/** Links and downloads. */
export function TakeMenu({ ready, onCopyLink, onDownload }: TakeMenuProps) {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <button type="button" className={controls["button"]}>
          <IconShare2 size={15} stroke={1.6} aria-hidden />
          Share
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label="Links and downloads">
        <Menu.Item onClick={() => onCopyLink(false)}>Copy link</Menu.Item>
        <Menu.Item onClick={() => onCopyLink(true)}>Copy link to exactly these times</Menu.Item>
        <Menu.Divider />
        <Menu.Item disabled={!ready} onClick={() => onDownload("csv")}>
          Download CSV
        </Menu.Item>
        <Menu.Item disabled={!ready} onClick={() => onDownload("json")}>
          Download JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

// Links to the search, columns, and the searches of late, which the browser remembers.
import { Menu } from "@mantine/core";
import { IconDots, IconHistory, IconLink } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { useGo } from "@/components/Go";
import { copyText } from "@/lib/copy";
import { remember, rememberedList } from "@/lib/storage";
import { COLUMN_INFO } from "@/lib/traces/columns";
import { RECENT, recentWords } from "@/lib/traces/recent";
import { COLUMNS, searchHref, type Column, type TraceSearch } from "@/lib/traces/search";
import { absolute } from "@/lib/base";
import { toast } from "@/shell/toast";
import type { HeldRange } from "./useHeldRange";
import bar from "./QueryBar.module.css";

interface SearchMenuProps {
  readonly search: TraceSearch;
  readonly range: HeldRange;
  readonly onColumns: (cols: readonly Column[]) => void;
}

/** The menu at the end of the query bar. */
export function SearchMenu({ search, range, onColumns }: SearchMenuProps): ReactElement {
  const go = useGo();
  const [recent, setRecent] = useState<readonly string[]>([]);
  const copy = (text: string): void => void copyText(text).then((done) => (done ? toast("Link copied") : toast("The browser refused to copy the link", "failed")));
  const toggle = (column: Column): void => {
    const next = COLUMNS.filter((one) => (one === column ? !search.cols.includes(one) : search.cols.includes(one)));
    onColumns(next.length === 0 ? ["name"] : next);
  };
  return (
    <Menu position="bottom-end" width={300} withinPortal={false} onOpen={() => setRecent(rememberedList(RECENT))}>
      <Menu.Target>
        <button type="button" className={`${bar["button"]} ${bar["square"]}`} aria-label="Links, columns, recent searches" title="Links, columns, recent searches">
          <IconDots size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={15} aria-hidden />} onClick={() => copy(globalThis.location.href)}>
          Copy link to this search
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={15} aria-hidden />} onClick={() => copy(absolute(searchHref(search, range.startMs, range.endMs)).href)}>
          Copy link with these very times
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Columns</Menu.Label>
        {COLUMNS.map((column) => (
          <Menu.CheckboxItem key={column} checked={search.cols.includes(column)} closeMenuOnClick={false} onChange={() => toggle(column)}>
            {COLUMN_INFO[column].title}
          </Menu.CheckboxItem>
        ))}
        {recent.length === 0 ? null : (
          <>
            <Menu.Divider />
            <Menu.Label>Recent searches</Menu.Label>
            {recent.map((text) => (
              <Menu.Item key={text} leftSection={<IconHistory size={15} aria-hidden />} onClick={() => go(`./traces${text}`)}>
                {recentWords(text)}
              </Menu.Item>
            ))}
            <Menu.Item
              onClick={() => {
                remember(RECENT, undefined);
                setRecent([]);
              }}
            >
              Forget them
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

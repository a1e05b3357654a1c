// One query: its letter, the editor, what can be done with it, and what the server said about it.
import { Menu } from "@mantine/core";
import { IconDots, IconEye, IconEyeOff, IconPlayerPlay } from "@tabler/icons-react";
import { useMemo } from "react";
import { ApiFailure } from "@/api/failure";
import { IconButton } from "@/components/IconButton";
import { QueryField } from "@/editor/QueryField";
import { positionIn } from "@/editor/diagnosticRange";
import type { QueryRow } from "@/lib/promql/rows";
import { Said } from "./Said";
import classes from "./QueryEditor.module.css";
import type { PromStats } from "@/lib/promql/data";

/** What can be done with a row. */
export interface RowActions {
  type: (text: string) => void;
  run: () => void;
  toggle: () => void;
  duplicate: () => void;
  remove: () => void;
  move: (by: -1 | 1) => void;
  copyCurl: () => void;
}

/** What came of a query. */
export interface Outcome {
  error: unknown;
  warnings: readonly string[];
  infos: readonly string[];
  stats: PromStats | undefined;
  series: number | undefined;
  tookMs: number | undefined;
  loading: boolean;
}

interface QueryEditorProps {
  row: QueryRow;
  letter: string;
  outcome: Outcome;
  actions: RowActions;
  first: boolean;
  last: boolean;
  alone: boolean;
  full: boolean;
  autoFocus: boolean;
}

function messageOf(error: unknown): string | undefined {
  if (error === null || error === undefined) return undefined;
  return error instanceof Error ? error.message.replace(/^invalid parameter "query": /u, "") : String(error);
}

/** A query row. */
export function QueryEditor({ row, letter, outcome, actions, first, last, alone, full, autoFocus }: QueryEditorProps) {
  const message = messageOf(outcome.error);
  const edited = row.typed.trim() !== row.run;
  const diagnostics = useMemo(() => {
    if (message === undefined || edited) return [];
    const position = positionIn(message, row.run);
    return position === undefined ? [] : [{ position, message }];
  }, [message, edited, row.run]);
  return (
    <li className={classes.row} data-hidden={row.hidden}>
      <div className={classes.line}>
        <span className={classes.letter} aria-hidden data-busy={outcome.loading}>
          {letter}
        </span>
        <div className={classes.editor}>
          <QueryField language="promql" label={`Query ${letter}, PromQL`} placeholder="A PromQL query, such as sum by (status) (rate(http_requests_total[5m]))" value={row.typed} onChange={actions.type} onRun={actions.run} diagnostics={diagnostics} autoFocus={autoFocus} />
        </div>
        <IconButton icon={IconPlayerPlay} label={`Run query ${letter} (Enter)`} disabled={row.typed.trim() === ""} onClick={actions.run} />
        <IconButton icon={row.hidden ? IconEyeOff : IconEye} label={row.hidden ? `Show query ${letter}` : `Hide query ${letter}`} pressed={row.hidden} onClick={actions.toggle} />
        <RowMenu letter={letter} actions={actions} first={first} last={last} alone={alone} full={full} canCopy={row.run !== ""} />
      </div>
      <Said error={outcome.error instanceof ApiFailure ? outcome.error : undefined} message={edited ? undefined : message} edited={edited && row.typed.trim() !== ""} outcome={outcome} hidden={row.hidden} />
    </li>
  );
}

interface RowMenuProps {
  letter: string;
  actions: RowActions;
  first: boolean;
  last: boolean;
  alone: boolean;
  full: boolean;
  canCopy: boolean;
}

function RowMenu({ letter, actions, first, last, alone, full, canCopy }: RowMenuProps) {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <button type="button" className={classes.more} aria-label={`More for query ${letter}`} title="More">
          <IconDots size={15} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label={`Query ${letter}`}>
        <Menu.Item onClick={actions.duplicate} disabled={full}>
          Duplicate
        </Menu.Item>
        <Menu.Item onClick={() => actions.move(-1)} disabled={first}>
          Move up
        </Menu.Item>
        <Menu.Item onClick={() => actions.move(1)} disabled={last}>
          Move down
        </Menu.Item>
        <Menu.Item onClick={actions.copyCurl} disabled={!canCopy}>
          Copy as curl
        </Menu.Item>
        <Menu.Item onClick={actions.remove}>{alone ? "Clear" : "Remove"}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

// Messages, one dense line each; one that was given up or waits for its next try can be sent again from here.
import { IconRefresh } from "@tabler/icons-react";
import { useRef, type ReactElement } from "react";
import type { NotificationEntry } from "@/api/schema";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Since } from "@/components/alerting/Since";
import { useNow } from "@/components/alerting/useNow";
import { IconButton } from "@/components/IconButton";
import { VirtualRows, type VirtualRowsHandle } from "@/components/VirtualRows";
import { countdown } from "@/lib/alerting/countdown";
import { alertsText, statusTone, statusWord } from "@/lib/alerting/words";
import { useShortcuts } from "@/shell/shortcuts";
import { isRetryable, useRetry, type Deliveries } from "./useDeliveries";
import classes from "./Table.module.css";

interface TableProps {
  readonly list: Deliveries;
  /** Id of the open message. */
  readonly open: string;
  readonly onOpen: (id: string) => void;
}

const COLUMNS = ["When", "Status", "Receiver", "Channel", "Message", "Alerts", "Tries", "What went wrong"] as const;

/** The table. */
export function Table({ list, open, onOpen }: TableProps): ReactElement {
  const nowMs = useNow(1_000);
  const rows = useRef<VirtualRowsHandle>(null);
  const { busy, retry } = useRetry();
  const { messages } = list;
  const at = messages.findIndex((one) => one.id === open);
  const choose = (place: number): void => {
    const one = messages[Math.max(0, Math.min(messages.length - 1, place))];
    if (one !== undefined) onOpen(one.id);
  };
  const walk = (place: number): void => {
    choose(place);
    rows.current?.focus(Math.max(0, Math.min(messages.length - 1, place)));
  };
  useShortcuts([
    { keys: "j", what: "next message", run: () => walk(at + 1) },
    { keys: "k", what: "message before", run: () => walk(at - 1) },
  ]);
  return (
    <div role="table" aria-label="Messages" aria-rowcount={messages.length + 1} aria-busy={list.stale || undefined} className={classes["grid"]}>
      <div role="rowgroup" className={classes["headGroup"]}>
        <div role="row" aria-rowindex={1} className={classes["head"]}>
          {COLUMNS.map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
          <span role="columnheader">
            <span className={classes["hidden"]}>Send again</span>
          </span>
        </div>
      </div>
      <VirtualRows
        ref={rows}
        as="rows"
        label="Messages"
        count={messages.length}
        current={at}
        onCurrent={choose}
        onEnd={list.loadMore}
        keyOf={(place) => messages[place]?.id ?? place}
        rowHeight={30}
        measured
        row={(place) => <Row message={messages[place]} nowMs={nowMs} busy={busy} onRetry={retry} />}
      />
    </div>
  );
}

interface RowProps {
  readonly message: NotificationEntry | undefined;
  readonly nowMs: number;
  readonly busy: boolean;
  readonly onRetry: (message: NotificationEntry) => void;
}

function Row({ message, nowMs, busy, onRetry }: RowProps): ReactElement | null {
  if (message === undefined) return null;
  const next = message.nextAttemptAt === undefined ? "" : `next try ${countdown(message.nextAttemptAt, nowMs)}`;
  const wrong = [message.error ?? "", next].filter((part) => part !== "").join("; ");
  return (
    <div role="presentation" className={classes["row"]}>
      <span role="cell" className={classes["quiet"]}>
        <Since at={message.sentAt ?? message.at} nowMs={nowMs} />
      </span>
      <span role="cell" data-tone={statusTone(message.status)}>
        {statusWord(message.status)}
      </span>
      <span role="cell" className={classes["cut"]} title={message.receiver}>
        {message.receiver}
      </span>
      <span role="cell" className={classes["cut"]} title={`${message.channel} ${message.target}`}>
        {message.channel} <span className={classes["quiet"]}>{message.target}</span>
      </span>
      <span role="cell" className={classes["message"]} title={message.title}>
        <SeverityMark severity={message.severity} size={12} />
        <span className={classes["cut"]}>{message.title}</span>
      </span>
      <span role="cell" className={classes["cut"]}>
        {alertsText(message.alerts, message.firing)}
      </span>
      <span role="cell" className={classes["right"]}>
        {message.attempts}
      </span>
      <span role="cell" className={classes["cut"]} title={wrong}>
        {wrong}
      </span>
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- keeps the click from opening the line */}
      <span role="cell" onClick={(event) => event.stopPropagation()}>
        {isRetryable(message) ? <IconButton icon={IconRefresh} label={`Send again to ${message.receiver}`} disabled={busy} onClick={() => onRetry(message)} /> : null}
      </span>
    </div>
  );
}

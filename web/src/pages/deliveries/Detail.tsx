// All about one message: where it went, what came back, when it is tried again, and its text.
import { IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { ApiFailure } from "@/api/failure";
import type { NotificationEntry } from "@/api/schema";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { useNow } from "@/components/alerting/useNow";
import { CopyButton } from "@/components/CopyButton";
import { Go } from "@/components/Go";
import { IconButton } from "@/components/IconButton";
import { countdown } from "@/lib/alerting/countdown";
import { readablePreview } from "@/lib/alerting/preview";
import { alertsText, reasonWord, statusTone, statusWord } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import controls from "@/shell/controls.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { isRetryable, useDelivery, useRetry } from "./useDeliveries";
import classes from "./Detail.module.css";

interface DetailProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** The panel. */
export function Detail({ id, onClose }: DetailProps): ReactElement {
  const { data, error, refetch } = useDelivery(id);
  return (
    <section className={classes["panel"]} aria-label={`Message ${id}`}>
      <div className={classes["head"]}>
        <h2>{data?.title ?? `Message ${id}`}</h2>
        <IconButton icon={IconX} label="Close" onClick={onClose} />
      </div>
      {data !== undefined ? <Message message={data} /> : error === null ? <Loading rows={10} /> : error instanceof ApiFailure && error.kind === "not_found" ? <Empty title="There is no such message" hint="The log keeps the newest messages only." /> : <Failure error={error} onRetry={() => void refetch()} />}
    </section>
  );
}

function Message({ message }: { readonly message: NotificationEntry }): ReactElement {
  const { busy, retry } = useRetry();
  return (
    <>
      {isRetryable(message) ? (
        <div className={classes["again"]}>
          <button type="button" className={controls["button"]} disabled={busy} onClick={() => retry(message)}>
            {busy ? "Sending …" : "Send again now"}
          </button>
        </div>
      ) : null}
      <Facts message={message} />
      {message.preview === undefined ? null : (
        <div className={classes["preview"]}>
          <div className={classes["head"]}>
            <h3>What was sent</h3>
            <CopyButton text={message.preview} what="the message" />
          </div>
          <pre tabIndex={0} aria-label="Text of the message">
            {readablePreview(message.preview)}
          </pre>
        </div>
      )}
    </>
  );
}

function Facts({ message }: { readonly message: NotificationEntry }): ReactElement {
  const zone = useZone();
  const nowMs = useNow(1_000);
  const time = (at: string): string => zone.dateTime(Date.parse(at));
  const rest = message.alerts - message.alertIds.length;
  return (
    <dl className={classes["facts"]}>
      <dt>Status</dt>
      <dd data-tone={statusTone(message.status)}>
        {statusWord(message.status)}
        {message.attempts === 0 ? "" : `, ${plural(message.attempts, "try", "tries")}`}
        {message.nextAttemptAt === undefined ? "" : `, next ${countdown(message.nextAttemptAt, nowMs)}`}
      </dd>
      {message.error === undefined ? null : (
        <>
          <dt>What went wrong</dt>
          <dd className={classes["error"]}>{message.error}</dd>
        </>
      )}
      <dt>To</dt>
      <dd>
        <Go href={hrefs.deliveries({ receiver: message.receiver })}>{message.receiver}</Go>, {message.channel} {message.target}
      </dd>
      <dt>Why</dt>
      <dd>{reasonWord(message.reason)}</dd>
      <dt>Decided</dt>
      <dd>{time(message.at)}</dd>
      {message.sentAt === undefined ? null : (
        <>
          <dt>Arrived</dt>
          <dd>
            {time(message.sentAt)}
            {message.durationMs === undefined ? "" : `, the channel took ${formatDuration(message.durationMs)}`}
          </dd>
        </>
      )}
      <dt>Alerts</dt>
      <dd>
        <SeverityMark severity={message.severity} words /> {alertsText(message.alerts, message.firing)}
        <span className={classes["ids"]}>
          {message.alertIds.map((id) => (
            <Go key={id} href={hrefs.alert(id)}>
              {id}
            </Go>
          ))}
          {rest > 0 ? `and ${rest} more` : ""}
        </span>
      </dd>
      <dt>Group</dt>
      <dd>
        <code>{message.groupKey}</code>
      </dd>
    </dl>
  );
}

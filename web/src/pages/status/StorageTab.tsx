// What is stored of each signal, how memory and disk fare, what was set aside.
import type { ReactElement } from "react";
import type { Quarantined, Status } from "@/api/schema";
import { Ago, CountOf } from "@/components/Figures";
import { Go } from "@/components/Go";
import { Hint } from "@/components/Hint";
import { Panel } from "@/components/Panel";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { formatExact, formatPercent, NO_VALUE, plural } from "@/lib/numbers";
import { memoryParts, quarantineHint, storedRows, toneOfShare, type StoredRow } from "@/lib/status/stored";
import { formatBytes } from "@/lib/units";
import { Failure, Loading } from "@/shell/help";
import { Bar } from "./Bar";
import { useNow } from "./useNow";
import { useStatus } from "./useStatus";
import classes from "./Page.module.css";

/** The tab. */
export function StorageTab(): ReactElement {
  const query = useStatus();
  if (query.data === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading rows={14} />;
  const { data } = query;
  return (
    <div className={classes["stack"]}>
      {data.quarantined.length > 0 ? <SetAside files={data.quarantined} /> : null}
      <Stored status={data} />
      <div className={classes["pair"]}>
        <Memory status={data} />
        <Disk status={data} />
      </div>
    </div>
  );
}

function linkOf({ signal, oldestMs, newestMs }: StoredRow): string {
  // A second to both sides: the ends of a range are whole milliseconds, and its end is not part of it.
  const range = oldestMs === undefined || newestMs === undefined ? {} : { from: new Date(oldestMs - 1000).toISOString(), to: new Date(newestMs + 1000).toISOString() };
  if (signal === "spans") return hrefs.traces(range);
  return signal === "logs" ? hrefs.logs(range) : hrefs.explore(range);
}

const EACH = "Bytes an item";

function Stored({ status }: { readonly status: Status }): ReactElement {
  const now = useNow();
  return (
    <Panel title="What is stored" flush>
      <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="What is stored, by signal">
        <table className={classes["table"]}>
          <thead>
            <tr>
              <th scope="col">Signal</th>
              {["Items", "Series", "On disk", EACH, "Blocks", "Oldest", "Newest", "Refused"].map((name) => (
                <th key={name} scope="col" className={classes["right"]}>
                  {name === EACH ? <Hint text="Bytes on disk over all items: less than the truth while much is still in memory.">{name}</Hint> : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {storedRows(status.signals).map((row) => (
              <tr key={row.signal}>
                <th scope="row">
                  <Go href={linkOf(row)} title="Show all of them">{row.title}</Go>
                </th>
                <td className={classes["right"]}>{formatExact(row.items)}</td>
                <td className={classes["right"]}>{row.series === undefined ? NO_VALUE : formatExact(row.series)}</td>
                <td className={classes["right"]}>{toNumber(row.bytes) === 0 ? "in memory" : formatBytes(row.bytes)}</td>
                <td className={classes["right"]}>{row.bytesEach === undefined ? NO_VALUE : formatBytes(row.bytesEach)}</td>
                <td className={classes["right"]}>{formatExact(row.blocks)}</td>
                <td className={classes["right"]}>{row.oldestMs === undefined ? NO_VALUE : <Ago ms={row.oldestMs} nowMs={now} />}</td>
                <td className={classes["right"]}>{row.newestMs === undefined ? NO_VALUE : <Ago ms={row.newestMs} nowMs={now} />}</td>
                <td className={classes["right"]} data-tone={row.refused > 0 ? "amber" : "steady"}>
                  {row.refused > 0 ? <Go href={hrefs.status({ tab: "ingest" })}><CountOf count={row.refused} /></Go> : "0"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Memory({ status }: { readonly status: Status }): ReactElement {
  const { memory } = status;
  const used = toNumber(memory.used);
  const limit = toNumber(memory.limit);
  const share = limit === 0 ? 0 : used / limit;
  const parts = memoryParts(memory);
  const counted = parts.reduce((sum, part) => sum + part.bytes, 0);
  return (
    <Panel title="Memory" subtitle={<>limit <code>memory.limit</code></>}>
      <Bar title="Counted" text={`${formatBytes(used)} of ${formatBytes(limit)}`} share={share} tone={toneOfShare(share)} />
      <dl className={classes["facts2"]}>
        {parts.map((part) => (
          <div key={part.key}>
            <dt>{part.title}</dt>
            <dd>{formatBytes(part.bytes)}</dd>
          </div>
        ))}
        <div>
          <dt>The program itself</dt>
          <dd>{formatBytes(Math.max(0, used - counted))}</dd>
        </div>
        {memory.resident === undefined ? null : (
          <div>
            <dt>Resident, as the system sees it</dt>
            <dd>{formatBytes(memory.resident)}</dd>
          </div>
        )}
      </dl>
      {share >= 0.8 ? <p className={classes["hint"]}>{`${formatPercent(share)} in use: raise memory.limit, or send less; queries and data are refused at the limit.`}</p> : null}
    </Panel>
  );
}

function Disk({ status }: { readonly status: Status }): ReactElement {
  const stored = toNumber(status.signals.spans.bytes) + toNumber(status.signals.logs.bytes) + toNumber(status.signals.samples.bytes);
  const free = toNumber(status.disk.free);
  const total = stored + toNumber(status.wal.bytes);
  // Known is what is free, not the size of the device: what counts is room for as much again.
  const tight = free < total;
  return (
    <Panel title="Disk">
      <dl className={classes["facts2"]}>
        <div>
          <dt>Blocks</dt>
          <dd>{formatBytes(stored)}</dd>
        </div>
        <div>
          <dt>Write-ahead log, read again after a restart</dt>
          <dd>{`${formatBytes(status.wal.bytes)} in ${plural(status.wal.segments, "file")}`}</dd>
        </div>
        <div>
          <dt>Free on the device</dt>
          <dd data-tone={tight ? "amber" : "steady"}>{formatBytes(free)}</dd>
        </div>
      </dl>
      {tight ? <p className={classes["hint"]}>Less is free than is in use: shorten the retention or give the device more room.</p> : null}
    </Panel>
  );
}

function SetAside({ files }: { readonly files: readonly Quarantined[] }): ReactElement {
  return (
    <Panel title="Set aside" subtitle={`${plural(files.length, "file")} whose bytes are not what was written`} flush>
      <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="Files that were set aside">
        <table className={classes["table"]}>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Kind</th>
              <th scope="col">What is wrong</th>
              <th scope="col">What to do</th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={`${file.what} ${file.name}`}>
                <th scope="row"><code>{file.name}</code></th>
                <td data-tone="red">{file.what}</td>
                <td className={classes["words"]}>{file.reason}</td>
                <td className={classes["words"]}>{quarantineHint(file.what)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

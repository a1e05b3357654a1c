// The targets of scraping: those that are down first, found by words; however many there are, only rows in view exist.
import { useMemo, useState, type ReactElement } from "react";
import type { Target } from "@/api/schema";
import { Ago } from "@/components/Figures";
import { Go } from "@/components/Go";
import { Segments } from "@/components/Segments";
import { VirtualRows } from "@/components/VirtualRows";
import { hrefs } from "@/lib/href";
import { formatExact, NO_VALUE, plural } from "@/lib/numbers";
import { countHealths, findTargets, healthOf, scrapeShare, toneOfHealth, type Health } from "@/lib/status/targets";
import { formatDuration } from "@/lib/units";
import { Empty, Failure, Loading } from "@/shell/help";
import { useNow } from "./useNow";
import { useTargets } from "./useStatus";
import classes from "./Page.module.css";

interface FindProps {
  readonly find: string;
  readonly onFind: (find: string) => void;
}

/** The tab. */
export function TargetsTab({ find, onFind }: FindProps): ReactElement {
  const query = useTargets();
  if (query.data === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading rows={14} />;
  const { targets } = query.data;
  if (targets.length === 0) {
    return <Empty title="Nothing is scraped" hint={<>Name targets under <code>scrape_configs</code> in the configuration; the guide's page on scraping says how.</>} />;
  }
  return <Targets targets={targets} find={find} onFind={onFind} />;
}

function Targets({ targets, find, onFind }: FindProps & { readonly targets: readonly Target[] }): ReactElement {
  const [health, setHealth] = useState<Health | "all">("all");
  const [current, setCurrent] = useState(-1);
  const now = useNow();
  const counts = useMemo(() => countHealths(targets), [targets]);
  const found = useMemo(() => findTargets(targets, find, health), [targets, find, health]);
  return (
    <div className={classes["targets"]}>
      <div className={classes["bar"]}>
        <input className={classes["find"]} type="search" aria-label="Find targets" placeholder="Job, address, label=value, error" value={find} onChange={(event) => onFind(event.currentTarget.value)} />
        <Segments
          label="State"
          value={health}
          options={[
            { value: "all", label: `All ${formatExact(targets.length)}` },
            { value: "down", label: `Down ${formatExact(counts.down)}` },
            { value: "unknown", label: `Not asked yet ${formatExact(counts.unknown)}` },
            { value: "up", label: `Up ${formatExact(counts.up)}` },
          ]}
          onChange={setHealth}
        />
        <span role="status" className={classes["quiet"]}>{plural(found.length, "target")}</span>
      </div>
      {found.length === 0 ? <Empty title="No target matches" hint="Look for fewer words, or in every state." /> : (
        <div role="table" aria-label="Targets" aria-rowcount={found.length + 1} className={classes["grid"]}>
          <div role="rowgroup">
            <div role="row" aria-rowindex={1} className={classes["gridHead"]}>
              {["State", "Job", "Address and labels", "Last scrape", "Took"].map((name) => (
                <span key={name} role="columnheader">{name}</span>
              ))}
            </div>
          </div>
          <VirtualRows as="rows" count={found.length} label="Targets" current={current} onCurrent={setCurrent} rowHeight={44} measured row={(index) => <Row target={found[index]} now={now} />} />
        </div>
      )}
    </div>
  );
}

function Row({ target, now }: { readonly target: Target | undefined; readonly now: number }): ReactElement | null {
  if (target === undefined) return null;
  const health = healthOf(target);
  const slow = scrapeShare(target) >= 0.8;
  const labels = Object.entries(target.labels).filter(([name]) => name !== "job" && name !== "instance");
  const series = `up{${Object.entries(target.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ")}}`;
  return (
    <div className={classes["gridRow"]} role="presentation">
      <span role="cell" data-tone={toneOfHealth(health)}>{health === "unknown" ? "not asked yet" : health}</span>
      <span role="cell" className={classes["cut"]} title={target.job}>{target.job}</span>
      <span role="cell" className={classes["address"]}>
        <Go href={hrefs.explore({ expr: [series] })} title="Its samples in Explore">{target.url}</Go>
        {labels.map(([name, value]) => (
          <span key={name} className={classes["label"]}>{`${name}=${value}`}</span>
        ))}
        {target.lastError === undefined ? null : <span className={classes["error"]}>{target.lastError}</span>}
      </span>
      <span role="cell">{target.lastScrape === undefined ? NO_VALUE : <Ago ms={Date.parse(target.lastScrape)} nowMs={now} />}</span>
      <span role="cell" data-tone={slow ? "amber" : "steady"} title={`asked every ${formatDuration(target.intervalMs)}`}>{formatDuration(target.lastScrapeDurationMs)}</span>
    </div>
  );
}

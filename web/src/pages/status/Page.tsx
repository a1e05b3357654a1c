// The page "Status": what is stored, what comes in, who is scraped, the configuration; version and where to read on.
import type { ReactElement } from "react";
import { TabLinks } from "@/components/TabLinks";
import { absolute } from "@/lib/base";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { formatExact } from "@/lib/numbers";
import { countHealths } from "@/lib/status/targets";
import { formatDuration } from "@/lib/units";
import { useSearchState } from "@/lib/urlState";
import { ConfigurationTab } from "./ConfigurationTab";
import { IngestTab } from "./IngestTab";
import { statusCodec, type StatusSearch } from "./search";
import { StorageTab } from "./StorageTab";
import { TargetsTab } from "./TargetsTab";
import { useIngest, useStatus, useStatusTick, useTargets } from "./useStatus";
import classes from "./Page.module.css";

/** The page "Status". */
export function Page(): ReactElement {
  const [search, set] = useSearchState(statusCodec);
  useStatusTick();
  const { data: status } = useStatus();
  return (
    <div className={classes["page"]}>
      <div className={classes["head"]}>
        <h1>Status</h1>
        <p className={classes["facts"]} role="status">
          {status === undefined ? "" : `Tachograph ${status.version}, up for ${formatDuration(Math.floor(status.uptimeSeconds) * 1000)}`}
        </p>
        <nav className={classes["links"]} aria-label="About this server">
          <a href={absolute("api/v1/openapi.json").href}>API reference</a>
          <a href={absolute("metrics").href}>Own metrics</a>
          <a href={absolute("THIRD_PARTY_UI.txt").href}>Licences</a>
        </nav>
      </div>
      <Tabs current={search.tab} />
      <div className={classes["body"]}>
        <Tab search={search} onFind={(find) => set({ find }, "replace")} />
      </div>
    </div>
  );
}

function Tab({ search, onFind }: { readonly search: StatusSearch; readonly onFind: (find: string) => void }): ReactElement {
  switch (search.tab) {
    case "storage":
      return <StorageTab />;
    case "ingest":
      return <IngestTab />;
    case "targets":
      return <TargetsTab find={search.find} onFind={onFind} />;
    case "configuration":
      return <ConfigurationTab find={search.find} onFind={onFind} />;
  }
}

/** The tabs with what needs a look beside their titles. */
function Tabs({ current }: { readonly current: StatusSearch["tab"] }): ReactElement {
  const status = useStatus();
  const ingest = useIngest();
  const targets = useTargets();
  const quarantined = status.data?.quarantined.length ?? 0;
  const refused = (ingest.data?.refusals ?? []).filter((one) => one.what !== "requests").reduce((sum, one) => sum + toNumber(one.count), 0);
  const down = targets.data === undefined ? 0 : countHealths(targets.data.targets).down;
  const warn = (count: number, words: string): { note?: ReactElement } => (count === 0 ? {} : { note: <span className={classes["warn"]}>{`${formatExact(count)} ${words}`}</span> });
  return (
    <TabLinks
      label="Parts of the status"
      current={current}
      tabs={[
        { id: "storage", title: "Storage", href: hrefs.status(), ...warn(quarantined, "set aside") },
        { id: "ingest", title: "Ingest", href: hrefs.status({ tab: "ingest" }), ...warn(refused, "refused") },
        { id: "targets", title: "Targets", href: hrefs.status({ tab: "targets" }), ...warn(down, "down") },
        { id: "configuration", title: "Configuration", href: hrefs.status({ tab: "configuration" }) },
      ]}
    />
  );
}

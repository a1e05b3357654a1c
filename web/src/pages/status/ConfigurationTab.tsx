// The configuration in force: every key with its value and where that comes from, found by words; warnings first.
import { Switch } from "@mantine/core";
import { useMemo, useState, type ReactElement } from "react";
import type { Configuration } from "@/api/schema";
import { CopyButton } from "@/components/CopyButton";
import { Panel } from "@/components/Panel";
import { plural } from "@/lib/numbers";
import { findKeys, sourcesOf } from "@/lib/status/configuration";
import { Empty, Failure, Loading } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { useConfiguration } from "./useStatus";
import classes from "./Page.module.css";

interface FindProps {
  readonly find: string;
  readonly onFind: (find: string) => void;
}

/** The tab. */
export function ConfigurationTab({ find, onFind }: FindProps): ReactElement {
  const query = useConfiguration();
  if (query.data === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading rows={20} />;
  return <Keys configuration={query.data} find={find} onFind={onFind} />;
}

function Keys({ configuration, find, onFind }: FindProps & { readonly configuration: Configuration }): ReactElement {
  const { keys, warnings, file, loadedAt } = configuration;
  const zone = useZone();
  const [set, setSet] = useState(false);
  const found = useMemo(() => findKeys(keys, find, set), [keys, find, set]);
  const sources = useMemo(() => sourcesOf(keys), [keys]);
  return (
    <div className={classes["stack"]}>
      {warnings.length === 0 ? null : (
        <Panel title="Warnings" subtitle={plural(warnings.length, "warning")}>
          <ul className={classes["warnings"]}>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Panel>
      )}
      <p className={classes["quiet"]}>
        {file === undefined ? "No file: built-in values" : <>From <code>{file}</code></>}, read {zone.dateTime(Date.parse(loadedAt))}; {sources.map(([source, count]) => `${count} ${source}`).join(", ")}
      </p>
      <div className={classes["bar"]}>
        <input className={classes["find"]} type="search" aria-label="Find keys" placeholder="Key or value" value={find} onChange={(event) => onFind(event.currentTarget.value)} />
        <Switch label="Only what was set" checked={set} onChange={(event) => setSet(event.currentTarget.checked)} />
        <span role="status" className={classes["quiet"]}>{plural(found.length, "key")}</span>
      </div>
      {found.length === 0 ? <Empty title="No key matches" hint={set ? "Everything that matches has its built-in value." : "Look for fewer words."} /> : (
        <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="Configuration">
          <table className={classes["table"]}>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {found.map((one) => (
                <tr key={one.key} className={classes["key"]}>
                  <th scope="row">
                    <span className={classes["keyName"]}>
                      <code>{one.key}</code>
                      <CopyButton text={one.key} what={`key ${one.key}`} />
                    </span>
                  </th>
                  <td className={classes["words"]}>{one.value === "" ? <span className={classes["quiet"]}>not set</span> : <code>{one.value}</code>}</td>
                  <td data-set={one.source !== "default"}>{one.source}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

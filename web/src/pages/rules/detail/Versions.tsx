// Earlier versions of a rule, and what changed in each: line by line.
import { useState, type ReactElement } from "react";
import type { RuleVersion } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Panel } from "@/components/Panel";
import { diffLines } from "@/lib/alerting/diff";
import { useZone } from "@/shell/timeRange";
import { DiffView } from "./DiffView";

interface VersionsProps {
  /** Newest first. */
  readonly versions: readonly RuleVersion[];
  /** The text in force. */
  readonly yaml: string;
}

/** The list; a version opens what it changed against the one before, or against now. */
export function Versions({ versions, yaml }: VersionsProps): ReactElement {
  const [open, setOpen] = useState<number>();
  const [against, setAgainst] = useState<"before" | "now">("before");
  const zone = useZone();
  const at = versions.findIndex((one) => one.version === open);
  const shown = versions[at];
  return (
    <Panel title="Versions" flush>
      <div className={layout["scroll"]}>
        <table className={layout["table"]}>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">When</th>
              <th scope="col">By</th>
              <th scope="col">Changes</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((one, place) => {
              const lines = diffLines(versions[place + 1]?.yaml ?? "", one.yaml);
              const count = (kind: string): number => lines.filter((line) => line.kind === kind).length;
              return (
                <tr key={one.version}>
                  <th scope="row">{one.version}</th>
                  <td className={layout["nowrap"]}>{zone.dateTime(Date.parse(one.at))}</td>
                  <td>{one.by === "" ? "somebody" : one.by}</td>
                  <td>
                    <button type="button" className={layout["link"]} aria-expanded={one.version === open} onClick={() => setOpen(one.version === open ? undefined : one.version)}>
                      {one.yaml === "" ? "removed" : versions[place + 1] === undefined ? `first known, ${count("added")} lines` : `${count("added")} lines new, ${count("removed")} gone`}
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {shown === undefined ? null : (
        <>
          <p className={layout["notice"]}>
            Version {shown.version} against{" "}
            <button type="button" className={layout["link"]} aria-pressed={against === "before"} onClick={() => setAgainst(against === "before" ? "now" : "before")}>
              {against === "before" ? "the version before it (show: what is in force)" : "what is in force (show: the version before it)"}
            </button>
          </p>
          <DiffView label={`Changes of version ${shown.version}`} before={against === "before" ? (versions[at + 1]?.yaml ?? "") : shown.yaml} after={against === "before" ? shown.yaml : yaml} />
        </>
      )}
    </Panel>
  );
}

// Takes rules over: paste or open a file of Prometheus, Grafana or our own, see what would come of it, save.
import { useRef, useState, type ReactElement } from "react";
import { api } from "@/api/client";
import type { RuleImportReport } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { QueryLine } from "@/components/alerting/QueryLine";
import { writeDuration } from "@/lib/alerting/durations";
import { queryOf } from "@/lib/alerting/rules";
import { rememberedName } from "@/lib/alerting/who";
import { NO_VALUE, plural } from "@/lib/numbers";
import controls from "@/shell/controls.module.css";
import { Dialog } from "@/shell/Dialog";
import { Failure } from "@/shell/help";
import { toast } from "@/shell/toast";
import { Problems } from "./Problems";
import { useRefreshAlerts } from "./useRules";

const FORMATS = [["", "Told from the text"], ["prometheus", "Prometheus"], ["grafana", "Grafana"], ["tachograph", "Tachograph"]] as const;
/** Longer texts are no rule files. */
const TEXT_MAX = 4_000_000;

/** The dialog. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [text, setText] = useState("");
  const [format, setFormat] = useState("");
  const [report, setReport] = useState<RuleImportReport>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const refresh = useRefreshAlerts();
  const run = async (apply: boolean): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await api.post("/api/v1/rules/import", { body: { text, format, by: rememberedName(), apply } });
      setReport(answer);
      if (answer.saved) {
        toast(`Saved ${plural(answer.rules.length, "rule")}`);
        await refresh();
        onClose();
      }
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const change = (next: string): void => {
    setText(next);
    setReport(undefined);
  };
  return (
    <Dialog opened onClose={onClose} title="Import rules">
      <div className={layout["stack"]}>
        <p className={layout["quiet"]}>Rule files of Prometheus, alert rules that Grafana provisions or exports, or our own YAML. Nothing is saved before you have seen what comes of it.</p>
        <label className={layout["field"]}>
          Text
          <textarea className={`${layout["input"]} ${layout["code"]}`} rows={9} value={text} spellCheck={false} data-autofocus maxLength={TEXT_MAX} placeholder={"groups:\n  - name: api\n    rules:\n      - alert: HighErrorRate"} onChange={(event) => change(event.currentTarget.value)} />
        </label>
        <div className={layout["bar"]}>
          <OpenFile onText={change} />
          <label className={layout["check"]}>
            Format
            <select className={layout["input"]} value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
              {FORMATS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </div>
        {error === undefined ? null : <Failure error={error} />}
        {report === undefined ? null : <Report report={report} />}
        <div className={layout["buttons"]}>
          <button type="button" className={controls["button"]} onClick={onClose}>
            Cancel
          </button>
          <button type="button" className={`${controls["button"]} ${report === undefined ? controls["primary"] : ""}`} disabled={busy || text.trim() === ""} onClick={() => void run(false)}>
            Check
          </button>
          {report === undefined ? null : (
            <button type="button" className={`${controls["button"]} ${controls["primary"]}`} disabled={busy || report.rules.length === 0} onClick={() => void run(true)}>
              {`Save ${plural(report.rules.length, "rule")}`}
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function OpenFile({ onText }: { readonly onText: (text: string) => void }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className={controls["button"]} onClick={() => field.current?.click()}>
        Open a file
      </button>
      <input
        ref={field}
        type="file"
        hidden
        aria-label="Rule file"
        accept=".yml,.yaml,.json,.rules"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file === undefined) return;
          if (file.size > TEXT_MAX) toast("The file is too large for a rule file: at most 4 MB", "failed");
          else void file.text().then(onText);
        }}
      />
    </>
  );
}

/** What would be taken over, and what cannot be. */
function Report({ report }: { readonly report: RuleImportReport }): ReactElement {
  return (
    <div className={layout["stack"]} role="status">
      <Problems problems={report.problems} title="What cannot be taken over" />
      {report.rules.length === 0 ? <p className={layout["quiet"]}>No rule is found in the text.</p> : (
        <div className={layout["scroll"]} tabIndex={0} role="region" aria-label="Rules to take over">
          <table className={layout["table"]}>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Expression</th>
                <th scope="col">For</th>
                <th scope="col">Severity</th>
              </tr>
            </thead>
            <tbody>
              {report.rules.map((rule, place) => (
                <tr key={`${rule.group ?? ""}/${rule.name ?? ""}/${place}`}>
                  <th scope="row" className={layout["nowrap"]}>{rule.name}</th>
                  <td><QueryLine query={queryOf(rule)} whole /></td>
                  <td>{(rule.forMs ?? 0) === 0 ? NO_VALUE : writeDuration(rule.forMs ?? 0)}</td>
                  <td>{rule.severity === undefined || rule.severity === "" ? NO_VALUE : rule.severity}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

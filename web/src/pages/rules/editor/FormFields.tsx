// The fields of a rule besides its condition: name, timing, severity, texts, who is told.
import type { ReactElement } from "react";
import layout from "@/components/alerting/layout.module.css";
import type { Draft, FieldProblems } from "@/lib/alerting/draft";
import { useRouting, useRules } from "../useRules";
import { Field, Select } from "./Field";
import { PairsField } from "./PairsField";
import classes from "./Editor.module.css";

interface FieldsProps {
  readonly draft: Draft;
  readonly onChange: (patch: Partial<Draft>) => void;
  readonly problems: FieldProblems;
}

const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO", "critical", "warning", "info"] as const;

/** Name, kind, group, severity. */
export function NameFields({ draft, onChange, problems }: FieldsProps): ReactElement {
  const rules = useRules();
  const groups = [...new Set((rules.data?.rules ?? []).filter((rule) => rule.editable).map((rule) => rule.definition.group ?? ""))].filter((group) => group !== "");
  const severities = SEVERITIES.some((one) => one === draft.severity) || draft.severity === "" ? SEVERITIES : [draft.severity, ...SEVERITIES];
  const recording = draft.kind === "recording";
  return (
    <div className={classes["row"]}>
      <Field label={recording ? "Name of the series" : "Name"} value={draft.name} autoFocus={draft.name === ""} placeholder={recording ? "job:errors:rate5m" : "HighErrorRate"} problem={problems["name"]} onChange={(name) => onChange({ name })} />
      <Field label="Group" value={draft.group} placeholder="default" offers={groups} problem={problems["group"]} onChange={(group) => onChange({ group })} />
      <Select label="Makes" value={draft.kind} options={[{ value: "alerting", label: "alerts" }, { value: "recording", label: "a series" }]} onChange={(kind) => onChange(kind === "recording" ? { kind: "recording", mode: "promql" } : { kind: "alerting" })} />
      {recording ? null : <Select label="Severity" value={draft.severity} problem={problems["severity"]} options={[...(draft.severity === "" ? [{ value: "", label: "none" }] : []), ...severities.map((one) => ({ value: one, label: one }))]} onChange={(severity) => onChange({ severity })} />}
    </div>
  );
}

/** For, keep firing, interval, on arrival, rest, no data. */
export function TimingFields({ draft, onChange, problems }: FieldsProps): ReactElement {
  const recording = draft.kind === "recording";
  return (
    <div className={classes["row"]}>
      {recording ? null : (
        <>
          <Field label="Must hold for" value={draft.for} placeholder="fires at once" problem={problems["forMs"]} onChange={(value) => onChange({ for: value })} />
          <Field label="Keeps firing for" value={draft.keepFiring} placeholder="ends at once" problem={problems["keepFiringForMs"]} onChange={(keepFiring) => onChange({ keepFiring })} />
          <Field label="Rests after it" value={draft.cooldown} placeholder="no rest" problem={problems["cooldownMs"]} onChange={(cooldown) => onChange({ cooldown })} />
        </>
      )}
      <Field label="Evaluated every" value={draft.interval} placeholder="30s" problem={problems["intervalMs"]} onChange={(interval) => onChange({ interval })} />
      {recording ? null : (
        <Select
          label="No data means"
          value={draft.noData}
          problem={problems["noData"]}
          options={[{ value: "ok", label: "all is well" }, { value: "alert", label: "an alert of its own" }, { value: "keep", label: "what fires goes on" }]}
          onChange={(noData) => onChange({ noData: noData === "alert" ? "alert" : noData === "keep" ? "keep" : "ok" })}
        />
      )}
      <div className={classes["checks"]}>
        {recording ? null : <Check label="Also when a sample arrives" on={draft.onArrival} onChange={(onArrival) => onChange({ onArrival })} />}
        <Check label="Switched on" on={draft.enabled} onChange={(enabled) => onChange({ enabled })} />
      </div>
    </div>
  );
}

function Check({ label, on, onChange }: { readonly label: string; readonly on: boolean; readonly onChange: (on: boolean) => void }): ReactElement {
  return (
    <label className={layout["check"]}>
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

/** Summary, description, runbook; labels, annotations, tags. */
export function TextFields({ draft, onChange, problems }: FieldsProps): ReactElement {
  const recording = draft.kind === "recording";
  return (
    <>
      {recording ? null : (
        <>
          <Field label="Summary: the one line that is sent" value={draft.summary} placeholder="{{ $labels.service }} fails {{ $value | humanizePercentage }} of its requests" problem={problems["summary"]} onChange={(summary) => onChange({ summary })} />
          <Field label="Description" value={draft.description} rows={2} problem={problems["description"]} onChange={(description) => onChange({ description })} />
          <Field label="Runbook" value={draft.runbook} placeholder="https://… or /runbooks/name" problem={problems["runbook"]} onChange={(runbook) => onChange({ runbook })} />
        </>
      )}
      <PairsField label="Labels" one="label" pairs={draft.labels} problem={problems["labels"]} onChange={(labels) => onChange({ labels })} />
      {recording ? null : <PairsField label="More annotations" one="annotation" pairs={draft.annotations} problem={problems["annotations"]} onChange={(annotations) => onChange({ annotations })} />}
      <Field label="Tags" value={draft.tags} placeholder="api, checkout" problem={problems["tags"]} onChange={(tags) => onChange({ tags })} />
    </>
  );
}

/** Receivers besides those of the routes. */
export function ReceiverFields({ draft, onChange, problems }: FieldsProps): ReactElement | null {
  const routing = useRouting();
  const known = (routing.data?.receivers ?? []).map((receiver) => receiver.name);
  const all = [...known, ...draft.receivers.filter((name) => !known.includes(name))];
  if (draft.kind === "recording" || all.length === 0) return null;
  return (
    <fieldset className={classes["group"]}>
      <legend>Told besides those of the routes</legend>
      <div className={classes["checks"]}>
        {all.map((name) => (
          <Check key={name} label={name} on={draft.receivers.includes(name)} onChange={(on) => onChange({ receivers: on ? [...draft.receivers, name] : draft.receivers.filter((one) => one !== name) })} />
        ))}
      </div>
      {problems["receivers"] === undefined ? null : <span className={layout["problem"]} role="status">{problems["receivers"]}</span>}
    </fieldset>
  );
}

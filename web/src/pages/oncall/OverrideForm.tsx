// Somebody stands in: who, from when, how long, why.
import { useState, type FormEvent, type ReactElement } from "react";
import type { Rota } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { useNow } from "@/components/alerting/useNow";
import { endOf } from "@/lib/alerting/silences";
import { rememberedName, rememberName } from "@/lib/alerting/who";
import { readInstant } from "@/lib/timeRange";
import controls from "@/shell/controls.module.css";
import { Dialog } from "@/shell/Dialog";
import { Failure } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { toast } from "@/shell/toast";
import { useOverrides } from "./useEscalations";

interface OverrideFormProps {
  readonly rota: Rota;
  readonly onClose: () => void;
}

/** The dialog. */
export function OverrideForm({ rota, onClose }: OverrideFormProps): ReactElement {
  return (
    <Dialog opened onClose={onClose} title={`Stand in: ${rota.name}`}>
      <Fields rota={rota} onClose={onClose} />
    </Dialog>
  );
}

function Fields({ rota, onClose }: OverrideFormProps): ReactElement {
  const { zone, dateTime } = useZone();
  const now = useNow();
  const { busy, add } = useOverrides(rota.name);
  const [form, setForm] = useState(() => ({ member: rota.members[0] ?? "", from: "now", end: "12h", reason: "", by: rememberedName() }));
  const [error, setError] = useState<unknown>();
  const change = (patch: Partial<typeof form>): void => setForm((before) => ({ ...before, ...patch }));
  const start = readInstant(form.from, now, zone);
  const endMs = start.ok ? endOf({ end: "other", other: form.end }, start.value, zone) : undefined;
  const problem = !start.ok ? start.message : endMs === undefined ? "say how long: a duration such as 12h, or a time behind the start" : form.by.trim() === "" ? "say who you are" : undefined;
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (problem !== undefined || !start.ok || endMs === undefined) return;
    rememberName(form.by);
    try {
      await add({ member: form.member, start: new Date(start.value).toISOString(), end: new Date(endMs).toISOString(), reason: form.reason.trim(), createdBy: form.by.trim() });
      toast(`${form.member} stands in`);
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <form className={layout["stack"]} onSubmit={(event) => void send(event)}>
      <label className={layout["field"]}>
        Who stands in
        <select className={layout["input"]} value={form.member} data-autofocus onChange={(event) => change({ member: event.currentTarget.value })}>
          {rota.members.map((member) => (
            <option key={member} value={member}>
              {member}
            </option>
          ))}
        </select>
      </label>
      <div className={layout["columns"]}>
        <Text label="From" value={form.from} placeholder="now, 18:00, 2026-11-21 09:00" onChange={(from) => change({ from })} />
        <Text label="For, or until" value={form.end} placeholder="12h, 2026-11-22 09:00" onChange={(end) => change({ end })} />
      </div>
      <p className={layout["quiet"]} role="status">{start.ok && endMs !== undefined ? `from ${dateTime(start.value)} to ${dateTime(endMs)}` : ""}</p>
      <div className={layout["columns"]}>
        <Text label="Why" value={form.reason} placeholder="holiday" onChange={(reason) => change({ reason })} />
        <Text label="Your name" value={form.by} placeholder="" onChange={(by) => change({ by })} />
      </div>
      {error === undefined ? null : <Failure error={error} />}
      <div className={layout["buttons"]}>
        {problem === undefined ? null : <span className={layout["quiet"]}>{problem}</span>}
        <button type="button" className={controls["button"]} onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className={`${controls["button"]} ${controls["primary"]}`} disabled={busy || problem !== undefined}>
          Stand in
        </button>
      </div>
    </form>
  );
}

function Text({ label, value, placeholder, onChange }: { readonly label: string; readonly value: string; readonly placeholder: string; readonly onChange: (value: string) => void }): ReactElement {
  return (
    <label className={layout["field"]}>
      {label}
      <input className={layout["input"]} value={value} placeholder={placeholder} spellCheck={false} maxLength={1000} onChange={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

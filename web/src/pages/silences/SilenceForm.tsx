// A silence to make or change: what it hides, how long, who and why; with what it would hide now.
import { useDebouncedValue } from "@mantine/hooks";
import { useState, type FormEvent, type ReactElement } from "react";
import type { Matcher, Silence } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { MatchersField } from "@/components/alerting/MatchersField";
import { Place } from "@/components/alerting/Place";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { useNow } from "@/components/alerting/useNow";
import { Go } from "@/components/Go";
import { Segments } from "@/components/Segments";
import { END_CHOICES, endOf, silenceProblem, silenceRequest, type SilenceDraft } from "@/lib/alerting/silences";
import { rememberedName, rememberName } from "@/lib/alerting/who";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import controls from "@/shell/controls.module.css";
import { Dialog } from "@/shell/Dialog";
import { Failure } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import { toast } from "@/shell/toast";
import { useAlertLabels, useSilenceCalls, useSilencePreview } from "./useSilences";
import classes from "./Page.module.css";

interface SilenceFormProps {
  /** The silence that is changed; absent for a new one. */
  readonly changed?: Silence | undefined;
  readonly matchers: readonly Matcher[];
  readonly onClose: () => void;
}

const SHOWN = 8;
const TYPING_MS = 250;

/** The dialog. */
export function SilenceForm({ changed, matchers, onClose }: SilenceFormProps): ReactElement {
  return (
    <Dialog opened onClose={onClose} title={changed === undefined ? "New silence" : "Change the silence"}>
      <Fields changed={changed} matchers={matchers} onClose={onClose} />
    </Dialog>
  );
}

function firstDraft(changed: Silence | undefined, matchers: readonly Matcher[], dateTime: (ms: number) => string): SilenceDraft {
  if (changed !== undefined) return { matchers: changed.matchers, end: "other", other: dateTime(Date.parse(changed.endsAt)), by: changed.createdBy, comment: changed.comment };
  return { matchers: matchers.length === 0 ? [{ name: "", op: "=", value: "" }] : matchers, end: "1h", other: "", by: rememberedName(), comment: "" };
}

function Fields({ changed, matchers, onClose }: SilenceFormProps): ReactElement {
  const { zone, dateTime } = useZone();
  const [draft, setDraft] = useState(() => firstDraft(changed, matchers, dateTime));
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>();
  const { busy, save } = useSilenceCalls();
  const known = useAlertLabels();
  const prefilled = matchers.length > 0;
  const change = (patch: Partial<SilenceDraft>): void => setDraft((before) => ({ ...before, ...patch }));
  const now = useNow();
  const end = endOf(draft, now, zone);
  const problem = silenceProblem(draft, now, zone);
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (problem !== undefined || busy) return;
    rememberName(draft.by);
    try {
      await save(silenceRequest(draft, Date.now(), zone, changed));
      toast(changed === undefined ? "Silenced" : "Silence changed");
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <form
      className={layout["stack"]}
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send(event);
      }}
    >
      <MatchersField matchers={draft.matchers} known={known} onChange={(next) => change({ matchers: next })} />
      <div className={layout["field"]}>
        <span aria-hidden>For how long</span>
        <div className={layout["bar"]}>
          <Segments label="For how long" value={draft.end} options={END_CHOICES} onChange={(next) => change({ end: next })} />
          {draft.end === "other" ? <input className={`${layout["input"]} ${classes["other"]}`} aria-label="Duration or end" placeholder="2h30m, or 2026-11-21 09:00" spellCheck={false} autoFocus={changed === undefined} value={draft.other} onChange={(event) => change({ other: event.currentTarget.value })} /> : null}
          <span className={layout["quiet"]} role="status">{end === undefined ? "" : `until ${dateTime(end)}`}</span>
        </div>
      </div>
      <div className={layout["columns"]}>
        <label className={layout["field"]}>
          Your name
          <input className={layout["input"]} name="by" {...(prefilled && draft.by === "" ? { "data-autofocus": true } : {})} autoComplete="name" maxLength={200} value={draft.by} onChange={(event) => change({ by: event.currentTarget.value })} />
        </label>
        <label className={layout["field"]}>
          Why
          <input className={layout["input"]} name="comment" {...(prefilled ? { "data-autofocus": true } : {})} maxLength={1000} placeholder="deploy of api, ticket 123" value={draft.comment} onChange={(event) => change({ comment: event.currentTarget.value })} />
        </label>
      </div>
      <Hides matchers={draft.matchers} />
      {error === undefined ? null : <Failure error={error} />}
      <div className={layout["buttons"]}>
        {tried && problem !== undefined ? <span className={layout["problem"]} role="alert">{problem}</span> : null}
        <button type="button" className={controls["button"]} onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className={`${controls["button"]} ${controls["primary"]}`} disabled={busy} title="Ctrl+Enter">
          {changed === undefined ? "Silence" : "Save"}
        </button>
      </div>
    </form>
  );
}

/** What it would hide now. */
function Hides({ matchers }: { readonly matchers: readonly Matcher[] }): ReactElement {
  const [settled] = useDebouncedValue(matchers, TYPING_MS);
  const { data, error } = useSilencePreview(settled);
  const usable = settled.length > 0 && settled.every(({ name }) => name.trim() !== "");
  return (
    <section className={classes["hides"]} aria-label="What it would hide" aria-live="polite">
      {!usable ? <p className={layout["quiet"]}>Choose labels to see what it would hide.</p> : error !== null ? <p className={layout["problem"]}>{error.message}</p> : data === undefined ? <p className={layout["quiet"]}>Looking …</p> : (
        <>
          <p className={layout["facts"]}>{data.total === 0 ? "Hides no alert of those there are now." : `Hides ${plural(data.total, "alert")} now:`}</p>
          <ul className={classes["alerts"]}>
            {data.alerts.slice(0, SHOWN).map((alert) => (
              <li key={alert.id}>
                <SeverityMark severity={alert.severity} />
                <Go href={hrefs.alert(alert.id)} target="_blank">{alert.name}</Go>
                <Place labels={alert.labels} />
              </li>
            ))}
            {data.total > SHOWN ? <li className={layout["quiet"]}>and {data.total - SHOWN} more</li> : null}
          </ul>
        </>
      )}
    </section>
  );
}

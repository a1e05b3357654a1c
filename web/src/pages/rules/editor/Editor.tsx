// The editor of a rule: the form, and beside it what the rule would have done. Ctrl+Enter saves.
import { useBlocker } from "@tanstack/react-router";
import { useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import type { Rule } from "@/api/schema";
import { AlertingTabs } from "@/components/AlertingTabs";
import layout from "@/components/alerting/layout.module.css";
import { Go, useGo } from "@/components/Go";
import { draftOf, draftProblems, fieldOf, type Draft, type FieldProblems } from "@/lib/alerting/draft";
import { withThreshold } from "@/lib/alerting/threshold";
import { hrefs } from "@/lib/href";
import controls from "@/shell/controls.module.css";
import { Dialog } from "@/shell/Dialog";
import { Failure } from "@/shell/help";
import { useShortcuts } from "@/shell/shortcuts";
import { toast } from "@/shell/toast";
import { ConditionFields } from "./ConditionFields";
import { Conflict } from "./Conflict";
import { NameFields, ReceiverFields, TextFields, TimingFields } from "./FormFields";
import { Preview } from "./Preview";
import { usePreview, type Trial } from "./usePreview";
import { useSave } from "./useSave";
import classes from "./Editor.module.css";

interface EditorProps {
  /** The rule that is changed; absent for a new one. */
  readonly saved?: Rule;
  /** What a new one begins with. */
  readonly start?: Draft;
}

const DAY_MS = 86_400_000;
const FIRST_SPAN_MS = 7 * DAY_MS;

/** Problems by field: what the server says of the saved text, then of the trial, then what the form itself sees. */
function allProblems(draft: Draft, trial: Trial, fromSave: FieldProblems, tried: boolean): FieldProblems {
  const fromTrial = Object.fromEntries((trial.preview?.problems ?? []).map((one) => [fieldOf(one.field), one.hint === undefined ? one.message : `${one.message} (${one.hint})`]));
  const own = Object.entries(draftProblems(draft)).filter(([field]) => tried || field.endsWith("Ms"));
  return { ...fromTrial, ...Object.fromEntries(own), ...fromSave };
}

/** The text that holds the threshold, with another one; undefined where there is none to move. */
function moved(draft: Draft, current: number | undefined, next: number): Partial<Draft> | undefined {
  const field = draft.mode === "promql" ? "expr" : "condition";
  const text = current === undefined ? undefined : withThreshold(draft[field], current, next);
  return text === undefined ? undefined : { [field]: text };
}

/** The state of the editor and what can be done. */
function useEditor({ saved, start }: EditorProps) {
  // What is edited stays while the rule is asked for again in the background.
  const [base, setBase] = useState(saved);
  const [begun, setBegun] = useState(() => start ?? draftOf(saved?.definition ?? {}));
  const [draft, setDraft] = useState(begun);
  const [spanMs, setSpanMs] = useState(FIRST_SPAN_MS);
  const [tried, setTried] = useState(false);
  const leaving = useRef(false);
  const go = useGo();
  const saving = useSave(base);
  const trial = usePreview(draft, spanMs);
  const change = (patch: Partial<Draft>): void => setDraft((before) => ({ ...before, ...patch }));
  const save = async (over?: number): Promise<void> => {
    setTried(true);
    if (saving.busy || Object.keys(draftProblems(draft)).length > 0) return;
    const rule = await saving.save(draft, over);
    if (rule === undefined) return;
    leaving.current = true;
    setBegun(draft);
    toast(`Saved ${rule.definition.name ?? rule.id}`);
    go(hrefs.rule(rule.id));
  };
  const takeTheirs = (rule: Rule): void => {
    const theirs = draftOf(rule.definition);
    saving.clear();
    setBase(rule);
    setBegun(theirs);
    setDraft(theirs);
  };
  const threshold = trial.preview?.threshold;
  const moveTo = (next: number): void => change(moved(draft, threshold, next) ?? {});
  return {
    base, draft, change, save, saving, trial, spanMs, setSpanMs, takeTheirs, leaving,
    dirty: draft !== begun,
    problems: allProblems(draft, trial, saving.problems, tried),
    moveTo: moved(draft, threshold, threshold ?? 0) === undefined ? undefined : moveTo,
  };
}

/** The page. */
export function Editor(props: EditorProps): ReactElement {
  const { base, draft, change, save, saving, trial, spanMs, setSpanMs, takeTheirs, leaving, dirty, problems, moveTo } = useEditor(props);
  useShortcuts([{ keys: "mod+enter", what: "save the rule", run: () => void save() }]);
  // Editors of queries keep this key from the shortcuts.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save();
  };
  return (
    <div className={layout["page"]}>
      <header className={layout["head"]}>
        <h1>{base === undefined ? "New rule" : `Edit ${base.definition.name ?? base.id}`}</h1>
        <p role="status" className={layout["facts"]}>{dirty ? "not saved" : ""}</p>
        <div className={layout["actions"]}>
          <Go href={base === undefined ? hrefs.rules() : hrefs.rule(base.id)} className={controls["button"]}>
            Cancel
          </Go>
          <button type="button" className={`${controls["button"]} ${controls["primary"]}`} disabled={saving.busy} title="Ctrl+Enter" onClick={() => void save()}>
            {saving.busy ? "Saving …" : "Save"}
          </button>
        </div>
      </header>
      <AlertingTabs />
      {saving.error === undefined || saving.conflict !== undefined ? null : <Failure error={saving.error} />}
      {saving.conflict === undefined ? null : <Conflict theirs={saving.conflict} mine={trial.preview?.yaml ?? ""} onMine={(version) => void save(version)} onTheirs={takeTheirs} />}
      <div className={classes["editor"]}>
        <form className={classes["form"]} aria-label="Rule" onSubmit={(event) => event.preventDefault()} onKeyDown={onKeyDown}>
          <NameFields draft={draft} onChange={change} problems={problems} />
          <ConditionFields draft={draft} onChange={change} problems={problems} placed={trial.preview?.problems ?? NO_PROBLEMS} />
          <TimingFields draft={draft} onChange={change} problems={problems} />
          <TextFields draft={draft} onChange={change} problems={problems} />
          <ReceiverFields draft={draft} onChange={change} problems={problems} />
        </form>
        <Preview trial={trial} draft={draft} spanMs={spanMs} onSpan={setSpanMs} onThreshold={moveTo} />
      </div>
      <Guard on={dirty} leaving={leaving} />
    </div>
  );
}

const NO_PROBLEMS: readonly never[] = [];

/** Asks before what was typed is lost. */
function Guard({ on, leaving }: { readonly on: boolean; readonly leaving: { readonly current: boolean } }): ReactElement {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => on && !leaving.current && (current.pathname !== next.pathname || ("edit" in current.search && !("edit" in next.search))),
    enableBeforeUnload: () => on && !leaving.current,
    withResolver: true,
  });
  const stay = (): void => blocker.reset?.();
  return (
    <Dialog opened={blocker.status === "blocked"} onClose={stay} title="Leave without saving?">
      <div className={layout["stack"]}>
        <p className={layout["quiet"]}>What you have changed is not saved.</p>
        <div className={layout["buttons"]}>
          <button type="button" className={controls["button"]} onClick={() => blocker.proceed?.()}>
            Leave
          </button>
          <button type="button" className={`${controls["button"]} ${controls["primary"]}`} data-autofocus onClick={stay}>
            Stay
          </button>
        </div>
      </div>
    </Dialog>
  );
}

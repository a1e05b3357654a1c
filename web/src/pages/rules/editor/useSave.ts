// Saves a rule: new or changed; tells of conflicts with what somebody else has saved meanwhile.
import { useState } from "react";
import { api } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import type { Rule, RuleDetail } from "@/api/schema";
import { definitionOf, fieldOf, type Draft, type FieldProblems } from "@/lib/alerting/draft";
import { rememberedName } from "@/lib/alerting/who";
import { useRefreshAlerts } from "../useRules";

/** Saving and how it went. */
export interface Saving {
  readonly busy: boolean;
  readonly error: unknown;
  /** Problems that the server named, by field. */
  readonly problems: FieldProblems;
  /** What is in force now, where it is newer than what was changed. */
  readonly conflict: RuleDetail | undefined;
  /** Saves; `over` replaces that version whatever was read before. The saved rule, or undefined if it did not work. */
  save(draft: Draft, over?: number): Promise<Rule | undefined>;
  clear(): void;
}

async function send(draft: Draft, saved: Rule | undefined, over: number | undefined): Promise<RuleDetail> {
  const version = over ?? saved?.version;
  const body = { definition: definitionOf(draft), by: rememberedName(), ...(version === undefined ? {} : { version }) };
  if (saved === undefined) return await api.post("/api/v1/rules", { body });
  return await api.put("/api/v1/rules/{id}", { path: { id: saved.id }, body });
}

/** What saves. `saved` is the rule that is changed, absent for a new one. */
export function useSave(saved: Rule | undefined): Saving {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [conflict, setConflict] = useState<RuleDetail>();
  const refresh = useRefreshAlerts();
  const save = async (draft: Draft, over?: number): Promise<Rule | undefined> => {
    setBusy(true);
    setError(undefined);
    try {
      const detail = await send(draft, saved, over);
      setConflict(undefined);
      void refresh();
      return detail.rule;
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.kind === "conflict" && failure.field === "version" && saved !== undefined) {
        setConflict(await api.get("/api/v1/rules/{id}", { path: { id: saved.id } }).catch(() => undefined));
      }
      setError(failure);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const field = error instanceof ApiFailure && error.field !== undefined ? fieldOf(error.field.replace(/^definition\./u, "")) : undefined;
  return {
    busy,
    error,
    problems: field === undefined || !(error instanceof ApiFailure) ? {} : { [field]: error.message },
    conflict,
    save,
    clear: () => {
      setError(undefined);
      setConflict(undefined);
    },
  };
}

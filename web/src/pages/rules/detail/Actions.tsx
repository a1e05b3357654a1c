// What can be done with a rule: change it, copy it, switch it off or on, remove it.
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { api } from "@/api/client";
import type { Rule } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Go, useGo } from "@/components/Go";
import { originName } from "@/lib/alerting/rules";
import { rememberedName } from "@/lib/alerting/who";
import { hrefs } from "@/lib/href";
import controls from "@/shell/controls.module.css";
import { Dialog } from "@/shell/Dialog";
import { useShortcuts } from "@/shell/shortcuts";
import { toast } from "@/shell/toast";
import { useRefreshAlerts } from "../useRules";

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The buttons. Rules of files and of the program are changed as a copy. */
export function Actions({ rule }: { readonly rule: Rule }): ReactElement {
  const go = useGo();
  const refresh = useRefreshAlerts();
  const [busy, setBusy] = useState(false);
  const [removing, setRemoving] = useState(false);
  const on = rule.definition.enabled ?? true;
  useShortcuts(rule.editable ? [{ keys: "e", what: "edit the rule", run: () => go(hrefs.rule(rule.id, { edit: true })) }] : []);
  const toggle = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.put("/api/v1/rules/{id}", { path: { id: rule.id }, body: { definition: { ...rule.definition, enabled: !on }, by: rememberedName(), ...(rule.version === undefined ? {} : { version: rule.version }) } });
      toast(on ? `${rule.definition.name ?? rule.id} is off` : `${rule.definition.name ?? rule.id} is on`);
    } catch (error) {
      toast(`Not changed: ${wordsOf(error)}`, "failed");
    }
    await refresh();
    setBusy(false);
  };
  return (
    <div className={layout["actions"]}>
      {rule.editable ? (
        <>
          <Go href={hrefs.rule(rule.id, { edit: true })} className={`${controls["button"]} ${controls["primary"]}`}>
            Edit
          </Go>
          <button type="button" className={controls["button"]} disabled={busy} onClick={() => void toggle()}>
            {on ? "Switch off" : "Switch on"}
          </button>
          <button type="button" className={controls["button"]} onClick={() => setRemoving(true)}>
            Delete
          </button>
        </>
      ) : null}
      <Go href={hrefs.newRule({ copy: rule.id })} className={controls["button"]} title={rule.editable ? "A new rule that begins as this one" : `Rules from ${originName(rule.origin)} are not changed here; a copy can be`}>
        {rule.editable ? "Duplicate" : "Copy into the editor"}
      </Go>
      <RemoveDialog rule={rule} opened={removing} onClose={() => setRemoving(false)} />
    </div>
  );
}

interface RemoveProps {
  readonly rule: Rule;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function RemoveDialog({ rule, opened, onClose }: RemoveProps): ReactElement {
  const go = useGo();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const name = rule.definition.name ?? rule.id;
  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.delete("/api/v1/rules/{id}", { path: { id: rule.id } });
      toast(`Deleted ${name}`);
      go(hrefs.rules());
      // All but the rule itself, which this page may still show for a moment.
      await client.invalidateQueries({ queryKey: ["alerts"], predicate: ({ queryKey }) => !queryKey.includes(rule.id) });
    } catch (error) {
      toast(`Not deleted: ${wordsOf(error)}`, "failed");
    }
    setBusy(false);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={`Delete ${name}?`}>
      <div className={layout["stack"]}>
        <p className={layout["quiet"]}>
          It is taken out of the managed file and no longer evaluated.
          {rule.firing + rule.pending > 0 ? ` Its ${rule.firing + rule.pending} alerts are resolved.` : ""}
        </p>
        <div className={layout["buttons"]}>
          <button type="button" className={controls["button"]} data-autofocus onClick={onClose}>
            Keep it
          </button>
          <button type="button" className={`${controls["button"]} ${controls["primary"]}`} disabled={busy} onClick={() => void remove()}>
            Delete
          </button>
        </div>
      </div>
    </Dialog>
  );
}

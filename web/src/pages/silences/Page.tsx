// The page "Silences": what nobody is told of, until when, who said so and why; and what the configuration suppresses.
import { useState, type ReactElement } from "react";
import type { Silence } from "@/api/schema";
import { AlertingTabs } from "@/components/AlertingTabs";
import layout from "@/components/alerting/layout.module.css";
import { useNow } from "@/components/alerting/useNow";
import { Panel } from "@/components/Panel";
import { Segments } from "@/components/Segments";
import { matchersOf } from "@/lib/alerting/matchers";
import { plural } from "@/lib/numbers";
import { useSearchState } from "@/lib/urlState";
import controls from "@/shell/controls.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { useShortcuts } from "@/shell/shortcuts";
import { Suppressions } from "@/components/alerting/Suppressions";
import { useRouting } from "@/pages/rules/useRules";
import { SilenceForm } from "./SilenceForm";
import { SilenceLine } from "./SilenceLine";
import { silencesCodec } from "./search";
import { useSilenceCalls, useSilences } from "./useSilences";
import classes from "./Page.module.css";

/** The page. */
export function Page(): ReactElement {
  const [search, set] = useSearchState(silencesCodec);
  const routing = useRouting();
  useShortcuts([{ keys: "n", what: "new silence", run: () => set({ new: "{}", id: "" }) }]);
  return (
    <div className={layout["page"]}>
      <header className={layout["head"]}>
        <h1>Silences</h1>
        <Counts />
        <div className={layout["actions"]}>
          <button type="button" className={`${controls["button"]} ${controls["primary"]}`} onClick={() => set({ new: "{}", id: "" })}>
            New silence
          </button>
        </div>
      </header>
      <AlertingTabs />
      <div className={layout["bar"]}>
        <Segments label="Which" value={search.state} options={[{ value: "current", label: "Active and to come" }, { value: "expired", label: "Expired" }]} onChange={(state) => set({ state })} />
      </div>
      <List state={search.state} open={search.id} onEdit={(id) => set({ id, new: "" })} onNew={() => set({ new: "{}" })} />
      {search.state === "expired" ? null : <Suppressions suppressions={routing.data?.suppressions ?? []} />}
      <Form />
    </div>
  );
}

function Counts(): ReactElement {
  const { data } = useSilences("active,pending");
  const all = data?.silences ?? [];
  const count = (state: Silence["state"]): number => all.filter((one) => one.state === state).length;
  const hidden = all.filter((one) => one.state === "active").reduce((sum, one) => sum + one.hides, 0);
  const text = data === undefined ? "" : [`${count("active")} active`, count("pending") > 0 ? `${count("pending")} to come` : "", hidden > 0 ? `hide ${plural(hidden, "alert")}` : ""].filter((part) => part !== "").join(", ");
  return (
    <p role="status" className={layout["facts"]}>
      {text}
    </p>
  );
}

interface ListProps {
  readonly state: "current" | "expired";
  readonly open: string;
  readonly onEdit: (id: string) => void;
  readonly onNew: () => void;
}

const STATES = { current: "active,pending", expired: "expired" } as const;

function List({ state, open, onEdit, onNew }: ListProps): ReactElement {
  const query = useSilences(STATES[state]);
  const calls = useSilenceCalls();
  const now = useNow(1_000);
  const [ended, setEnded] = useState<Silence>();
  if (query.data === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <div aria-busy="true"><Loading rows={6} height={40} /></div>;
  const { silences } = query.data;
  const end = async (silence: Silence): Promise<void> => {
    if ((await calls.expire(silence.id)) !== undefined) setEnded(silence);
  };
  return (
    <>
      {query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : null}
      {ended === undefined ? null : <Ended silence={ended} onClose={() => setEnded(undefined)} />}
      {silences.length === 0 ? (
        <Empty
          title={state === "current" ? "Nothing is silenced" : "No silence has expired lately"}
          hint={state === "current" ? "A silence keeps messages about some alerts back for a time, such as while you deploy." : "Expired silences are kept for a while."}
          {...(state === "current" ? { action: <button type="button" className={controls["button"]} onClick={onNew}>New silence</button> } : {})}
        />
      ) : (
        <Panel title={state === "current" ? "In force" : "Expired"} flush>
          <ul className={classes["lines"]}>
            {silences.map((silence) => (
              <SilenceLine key={silence.id} silence={silence} now={now} open={silence.id === open} calls={calls} onEdit={() => onEdit(silence.id)} onEnd={() => void end(silence)} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

/** It was ended; a click brings it back as it was. */
function Ended({ silence, onClose }: { readonly silence: Silence; readonly onClose: () => void }): ReactElement {
  const { busy, save } = useSilenceCalls();
  const [error, setError] = useState<unknown>();
  const { matchers, endsAt, createdBy, comment } = silence;
  const undo = async (): Promise<void> => {
    try {
      await save({ matchers, endsAt, createdBy, comment });
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <div className={`${layout["notice"]} ${classes["undo"]}`} role="status">
      <p>{error === undefined ? `Ended: ${comment}` : `Not brought back: ${error instanceof Error ? error.message : String(error)}`}</p>
      <div className={layout["buttons"]}>
        <button type="button" className={controls["button"]} disabled={busy} onClick={() => void undo()}>
          Undo
        </button>
        <button type="button" className={controls["button"]} onClick={onClose}>
          Close
        </button>
      </div>
    </div>
  );
}

/** The form, where the URL asks for one. */
function Form(): ReactElement | null {
  const [search, set] = useSearchState(silencesCodec);
  const current = useSilences("active,pending");
  const expired = useSilences("expired");
  const close = (): void => set({ new: "", id: "" }, "replace");
  if (search.new !== "") return <SilenceForm key={search.new} matchers={matchersOf(search.new)} onClose={close} />;
  if (search.id === "") return null;
  const found = [...(current.data?.silences ?? []), ...(expired.data?.silences ?? [])].find((one) => one.id === search.id);
  if (found === undefined) return null;
  // What is over is not changed: it begins anew.
  if (found.state === "expired") return <SilenceForm key={search.id} matchers={found.matchers} onClose={close} />;
  return <SilenceForm key={search.id} changed={found} matchers={found.matchers} onClose={close} />;
}

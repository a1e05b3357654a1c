// Which trace to compare with: by id, or one of the latest of the same kind; the last good one is offered first.
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { api } from "@/api/client";
import type { TraceSummary } from "@/api/schema";
import { toNumber } from "@/lib/counts";
import { plural } from "@/lib/numbers";
import type { TraceModel } from "@/lib/trace/model";
import { formatDuration } from "@/lib/units";
import { useZone } from "@/shell/timeRange";
import classes from "./TabCompare.module.css";
import frame from "../Tab.module.css";
import controls from "@/shell/controls.module.css";

/** Traces of the same kind that are offered. */
const OFFERED = 30;

/** What stands in the list while there is nothing to choose. */
function offerless(answered: boolean, error: Error | null, name: string): string {
  if (error !== null) return `the list could not be had: ${error.message}`;
  return answered ? `no other trace "${name}"` : "looking …";
}

interface PickerProps {
  readonly model: TraceModel;
  readonly value: string;
  readonly onChange: (traceId: string) => void;
}

/** The choice of the other trace. */
export function Picker({ model, value, onChange }: PickerProps): ReactElement {
  const zone = useZone();
  const [typed, setTyped] = useState("");
  const { service, name } = model.outline;
  const { data, error } = useQuery({
    queryKey: ["like", service, name],
    queryFn: ({ signal }) => api.get("/api/v1/traces", { query: { service, name, limit: OFFERED }, signal }),
  });
  const alike = (data?.traces ?? []).filter((one) => one.traceId !== model.traceId && one.rootName === name);
  const good = alike.find((one) => toNumber(one.errorCount) === 0 && Date.parse(one.startTime) < model.originMs) ?? alike.find((one) => toNumber(one.errorCount) === 0);
  const words = (one: TraceSummary): string =>
    `${zone.dateTime(Date.parse(one.startTime))} · ${formatDuration(one.durationMs)} · ${plural(toNumber(one.spanCount), "span")} · ${toNumber(one.errorCount) === 0 ? "no errors" : plural(toNumber(one.errorCount), "error")}`;
  return (
    <form
      className={frame["bar"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") onChange(typed.trim());
      }}
    >
      <label>
        Compare with{" "}
        <select className={frame["field"]} value={alike.some((one) => one.traceId === value) ? value : ""} onChange={(event) => onChange(event.target.value)}>
          <option value="">{alike.length > 0 ? `another "${name}" …` : offerless(data !== undefined, error, name)}</option>
          {alike.map((one) => (
            <option key={one.traceId} value={one.traceId}>
              {words(one)}
            </option>
          ))}
        </select>
      </label>
      {good === undefined || good.traceId === value ? null : (
        <button type="button" className={controls["button"]} onClick={() => onChange(good.traceId)}>
          The last good one
        </button>
      )}
      <label>
        or by id{" "}
        <input className={`${frame["field"]} ${classes["id"]}`} value={typed} placeholder="trace id" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <button type="submit" className={controls["button"]} disabled={typed.trim() === ""}>
        Compare
      </button>
      {value === "" ? null : (
        <button type="button" className={controls["button"]} onClick={() => onChange("")}>
          Stop comparing
        </button>
      )}
    </form>
  );
}

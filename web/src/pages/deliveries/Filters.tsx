// What narrows the delivery log: status, receiver, alert.
import type { ReactElement } from "react";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { statusWord } from "@/lib/alerting/words";
import { isFiltered, STATUSES, type DeliveriesSearch } from "./search";
import { useReceivers } from "./useDeliveries";
import classes from "./Page.module.css";

interface FiltersProps {
  readonly search: DeliveriesSearch;
  readonly onChange: (patch: Partial<DeliveriesSearch>) => void;
}

/** The bar above the list. */
export function Filters({ search, onChange }: FiltersProps): ReactElement {
  const { status, receiver, alert } = search;
  const receivers = useReceivers();
  const names = receiver === "" || receivers.includes(receiver) ? receivers : [receiver, ...receivers];
  return (
    <div className={classes["filters"]} role="search" aria-label="Messages">
      <div role="group" aria-label="Status" className={classes["statuses"]}>
        {STATUSES.map((one) => {
          const on = status.includes(one);
          return (
            <button key={one} type="button" aria-pressed={on} onClick={() => onChange({ status: on ? status.filter((other) => other !== one) : [...status, one] })}>
              {statusWord(one)}
            </button>
          );
        })}
      </div>
      <select aria-label="Receiver" className={classes["select"]} data-on={receiver !== ""} value={receiver} onChange={(event) => onChange({ receiver: event.currentTarget.value })}>
        <option value="">Every receiver</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {alert === "" ? null : <MatcherChips matchers={[{ name: "alert", op: "=", value: alert }]} label="Alert" onRemove={() => onChange({ alert: "" })} />}
      {isFiltered(search) ? (
        <button type="button" className={classes["clear"]} onClick={() => onChange({ status: [], receiver: "", alert: "" })}>
          Clear filters
        </button>
      ) : null}
    </div>
  );
}

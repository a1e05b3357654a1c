// A service's line and, when it is open, those of its operations.
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, type KeyboardEvent, type ReactElement } from "react";
import type { Service } from "@/api/schema";
import { Ago, CountOf } from "@/components/Figures";
import { Go } from "@/components/Go";
import { slotVar } from "@/lib/colour";
import { toNumber } from "@/lib/counts";
import { errorLogsHref, leadsOfService } from "@/lib/services/rows";
import type { Sort } from "@/lib/table";
import { Operations } from "./Operations";
import { RedCells } from "./RedCells";
import classes from "./Page.module.css";

interface ServiceRowsProps {
  readonly service: Service;
  readonly sort: Sort;
  /** End of the range, Unix ms. */
  readonly endMs: number;
  readonly open: boolean;
  readonly tabbable: boolean;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onOpen: (open: boolean) => void;
}

/** One `tbody` a service. */
export function ServiceRows({ service, sort, endMs, open, tabbable, onFocus, onKeyDown, onOpen }: ServiceRowsProps): ReactElement {
  const id = useId();
  const leads = leadsOfService(service);
  const Arrow = open ? IconChevronDown : IconChevronRight;
  const logs = toNumber(service.errorLogs);
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "ArrowRight" && !open) onOpen(true);
    else if (event.key === "ArrowLeft" && open) onOpen(false);
    else onKeyDown(event);
  };
  return (
    <tbody id={id} className={classes["service"]} data-open={open || undefined}>
      <tr>
        <th scope="row">
          <button type="button" className={classes["opener"]} data-line tabIndex={tabbable ? 0 : -1} aria-expanded={open} aria-controls={id} onFocus={onFocus} onKeyDown={keys} onClick={() => onOpen(!open)}>
            <Arrow size={14} aria-hidden />
            <span className={classes["slot"]} style={{ background: slotVar(service.slot) }} aria-hidden />
            <span className={classes["name"]}>{service.name}</span>
            {service.entriesOnly ? null : <span className={classes["quiet"]}>all spans</span>}
          </button>
        </th>
        <RedCells red={service.red} leads={leads} what={service.name} />
        <td>
          <Go href={leads.traces}>
            <CountOf count={service.spanCount} />
          </Go>
        </td>
        <td>
          {logs === 0 ? (
            <span className={classes["quiet"]}>0</span>
          ) : (
            <Go href={errorLogsHref(service.name)}>
              <CountOf count={logs} />
            </Go>
          )}
        </td>
        <td>
          <Ago ms={Date.parse(service.lastSeen)} nowMs={endMs} />
        </td>
      </tr>
      {open ? <Operations service={service.name} sort={sort} /> : null}
    </tbody>
  );
}

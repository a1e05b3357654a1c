// The state of the delivery log in its URL.
import type { NotificationStatus } from "@/api/schema";
import { flagParam, searchOf, textParam, type SearchCodec } from "@/lib/urlState";

/** All statuses, those first that somebody should look at. */
export const STATUSES: readonly NotificationStatus[] = ["dead", "retrying", "pending", "sent", "superseded"];

/** What the URL says. */
export interface DeliveriesSearch {
  /** None means all. */
  readonly status: readonly NotificationStatus[];
  readonly receiver: string;
  /** Only messages about this alert. */
  readonly alert: string;
  /** The message that is open. */
  readonly id: string;
  /** Whether the dialog that sends a test is open. */
  readonly test: boolean;
}

/** Reads and writes it. */
export const deliveriesCodec: SearchCodec<DeliveriesSearch> = {
  parse: (raw) => {
    const named = new Set(textParam(raw, "status").split(","));
    return {
      status: STATUSES.filter((status) => named.has(status)),
      receiver: textParam(raw, "receiver"),
      alert: textParam(raw, "alert"),
      id: textParam(raw, "id"),
      test: flagParam(raw, "test"),
    };
  },
  format: ({ status, receiver, alert, id, test }) => searchOf({ status: status.join(","), receiver, alert, id, test }),
};

/** Whether something narrows the list. */
export function isFiltered({ status, receiver, alert }: DeliveriesSearch): boolean {
  return status.length > 0 || receiver !== "" || alert !== "";
}

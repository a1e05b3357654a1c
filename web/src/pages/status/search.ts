// The state of the status page in its URL.
import { searchOf, textParam, wordParam, type SearchCodec } from "@/lib/urlState";

/** The tabs. */
export const STATUS_TABS = ["storage", "ingest", "targets", "configuration"] as const;

/** What the URL says: the tab, and what is looked for in it. */
export interface StatusSearch {
  readonly tab: (typeof STATUS_TABS)[number];
  readonly find: string;
}

/** Reads and writes the URL of the status page. */
export const statusCodec: SearchCodec<StatusSearch> = {
  parse: (raw) => ({ tab: wordParam(raw, "tab", STATUS_TABS, "storage"), find: textParam(raw, "find") }),
  format: ({ tab, find }) => searchOf({ tab: tab === "storage" ? "" : tab, find }),
};

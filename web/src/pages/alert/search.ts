// The state of an alert's page in its URL.
import { flagParam, searchOf, type SearchCodec } from "@/lib/urlState";

/** What the URL says: whether the dialog that acknowledges is open. */
export interface AlertSearch {
  readonly acknowledge: boolean;
}

/** Reads and writes it. */
export const alertCodec: SearchCodec<AlertSearch> = {
  parse: (raw) => ({ acknowledge: flagParam(raw, "acknowledge") }),
  format: ({ acknowledge }) => searchOf({ acknowledge }),
};

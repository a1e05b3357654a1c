// What the URL of the silences says.
import { searchOf, textParam, wordParam, type SearchCodec } from "@/lib/urlState";

/** Which silences are listed. */
export type SilencesShown = "current" | "expired";

/** `new`: matchers of a silence to make (`{}` for an empty form); `id`: the one to change; `state`. */
export interface SilencesSearch {
  readonly new: string;
  readonly id: string;
  readonly state: SilencesShown;
}

const STATES = ["current", "expired"] as const;

/** `new`, `id`, `state`. */
export const silencesCodec: SearchCodec<SilencesSearch> = {
  parse: (raw) => ({ new: textParam(raw, "new"), id: textParam(raw, "id"), state: wordParam(raw, "state", STATES, "current") }),
  format: ({ new: fresh, id, state }) => searchOf({ new: fresh, id, state: state === "current" ? "" : state }),
};

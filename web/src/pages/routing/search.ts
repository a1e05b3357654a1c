// What the URL of the routes says: labels of an alert whose way is shown.
import { searchOf, textParam, type SearchCodec } from "@/lib/urlState";

/** `labels`: `severity=critical, service=api`, or as Alertmanager writes matchers. */
export interface RoutesSearch {
  readonly labels: string;
}

/** `labels`. */
export const routesCodec: SearchCodec<RoutesSearch> = {
  parse: (raw) => ({ labels: textParam(raw, "labels") }),
  format: ({ labels }) => searchOf({ labels }),
};

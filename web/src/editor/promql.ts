// PromQL for the editor: Prometheus' own language support, completing from our API.
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import { send } from "@/api/client";

const HOURS_12_MS = 12 * 3_600_000;

function address(input: RequestInfo | URL): string {
  return typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
}

const extension = new PromQLExtension().activateLinter(false).setComplete({
  maxMetricsMetadata: 10_000,
  remote: {
    url: "",
    apiPrefix: "/prometheus/api/v1",
    httpMethod: "GET",
    lookbackInterval: HOURS_12_MS,
    cache: { maxAge: 60_000 },
    // Through our client: the base path, the token and the banner for a lost connection come with it.
    fetchFn: (input, init) => send("GET", address(input), { signal: init?.signal ?? undefined }),
    // Without an answer there are no completions; the page itself tells that the server is away.
    httpErrorHandler: () => undefined,
  },
});

/** The language with its completion. */
export const support = extension.asExtension();

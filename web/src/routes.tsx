// The pages: each a chunk of its own, below the base that the server writes.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";
import { basePath } from "@/lib/base";
import { formatSearch, parseSearch } from "@/lib/urlState";
import { NotFound } from "@/shell/NotFound";
import { PageError, ShellError } from "@/shell/PageError";
import { PagePending } from "@/shell/PagePending";
import { Shell } from "@/shell/Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: ShellError });

const LOADERS = {
  "/": () => import("@/pages/overview/Page"),
  "/traces": () => import("@/pages/traces/Page"),
  "/traces/$traceId": () => import("@/pages/trace/Page"),
  "/logs": () => import("@/pages/logs/Page"),
  "/explore": () => import("@/pages/explore/Page"),
  "/services": () => import("@/pages/services/Page"),
  "/status": () => import("@/pages/status/Page"),
  "/alerts": () => import("@/pages/alerts/Page"),
  "/alerts/$id": () => import("@/pages/alert/Page"),
  "/rules": () => import("@/pages/rules/Page"),
  "/rules/new": () => import("@/pages/rules/NewPage"),
  "/rules/$id": () => import("@/pages/rules/RulePage"),
  "/routes": () => import("@/pages/routing/Page"),
  "/silences": () => import("@/pages/silences/Page"),
  "/on-call": () => import("@/pages/oncall/Page"),
  "/deliveries": () => import("@/pages/deliveries/Page"),
} as const;

const pages: readonly AnyRoute[] = Object.entries(LOADERS).map(([path, load]) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, "Page") }),
);

let shown = "";

/** Whether a page is another one than before. Changes of the search on one page scroll nothing: its lists do that themselves. */
function isOtherPage(path: string): boolean {
  const other = path !== shown;
  shown = path;
  return other;
}

/** The router of the UI. Its search is raw: every parameter with a list of texts. */
export const router = createRouter({
  routeTree: root.addChildren([...pages]),
  basepath: basePath(),
  parseSearch,
  stringifySearch: (search) => formatSearch(parseSearch(new URLSearchParams(flat(search)).toString())),
  defaultErrorComponent: PageError,
  defaultPendingComponent: PagePending,
  defaultPendingMs: 150,
  trailingSlash: "never",
  defaultNotFoundComponent: NotFound,
  scrollRestoration: ({ location }) => isOtherPage(location.pathname),
});

function flat(search: object): [string, string][] {
  return Object.entries(search).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  );
}

// What the rail, the palette and the keyboard can open. Only pages that exist.
import {
  IconActivity, IconBell, IconBellOff, IconChartLine, IconGauge, IconHierarchy, IconListDetails, IconPhoneCall, IconRoute, IconRuler2, IconSend, IconTimeline,
  type Icon,
} from "@tabler/icons-react";
import { hrefs } from "@/lib/href";

/** A page. */
export interface PageEntry {
  readonly label: string;
  readonly href: string;
  /** Path below the base; pages below it belong to it, too. */
  readonly path: string;
  readonly icon: Icon;
}

/** A page in the rail. */
export interface NavEntry extends PageEntry {
  /** Opens it after `g`. */
  readonly key: string;
}

/** A group of pages in the rail. */
export interface NavGroup {
  readonly label: string;
  readonly entries: readonly NavEntry[];
}

const ALERTS: NavEntry = { label: "Alerts", href: hrefs.alerts(), path: "/alerts", icon: IconBell, key: "a" };
const RULES: NavEntry = { label: "Rules", href: hrefs.rules(), path: "/rules", icon: IconRuler2, key: "r" };

/** Pages of alerting that are reached from the alerts: no entries of their own in the rail. */
const BELOW_ALERTS: readonly PageEntry[] = [
  { label: "Silences", href: hrefs.silences(), path: "/silences", icon: IconBellOff },
  { label: "Routes", href: hrefs.routes(), path: "/routes", icon: IconRoute },
  { label: "On call", href: hrefs.onCall(), path: "/on-call", icon: IconPhoneCall },
  { label: "Deliveries", href: hrefs.deliveries(), path: "/deliveries", icon: IconSend },
];

/** The pages of alerting, in the order of their tabs. */
export const ALERTING_PAGES: readonly PageEntry[] = [ALERTS, RULES, ...BELOW_ALERTS];

/** All pages of the rail, in its order. */
export const NAV: readonly NavGroup[] = [
  {
    label: "Observe",
    entries: [
      { label: "Overview", href: hrefs.overview(), path: "/", icon: IconActivity, key: "o" },
      { label: "Traces", href: hrefs.traces(), path: "/traces", icon: IconTimeline, key: "t" },
      { label: "Logs", href: hrefs.logs(), path: "/logs", icon: IconListDetails, key: "l" },
      { label: "Explore", href: hrefs.explore(), path: "/explore", icon: IconChartLine, key: "e" },
      { label: "Services", href: hrefs.services(), path: "/services", icon: IconHierarchy, key: "v" },
    ],
  },
  { label: "Respond", entries: [ALERTS, RULES] },
  {
    label: "Run",
    entries: [{ label: "Status", href: hrefs.status(), path: "/status", icon: IconGauge, key: "s" }],
  },
];

/** Pages that the palette names besides those of the rail. */
export const MORE_PAGES: readonly PageEntry[] = BELOW_ALERTS;

function holds(entry: PageEntry, path: string): boolean {
  return entry.path === path || (entry.path !== "/" && path.startsWith(`${entry.path}/`));
}

/** The page that a path (below the base) belongs to. */
export function pageOf(path: string): PageEntry | undefined {
  return [...NAV.flatMap((group) => group.entries), ...BELOW_ALERTS].find((entry) => holds(entry, path));
}

/** The entry of the rail that a path (below the base) belongs to. */
export function entryOf(path: string): NavEntry | undefined {
  const found = NAV.flatMap((group) => group.entries).find((entry) => holds(entry, path));
  return found ?? (BELOW_ALERTS.some((entry) => holds(entry, path)) ? ALERTS : undefined);
}

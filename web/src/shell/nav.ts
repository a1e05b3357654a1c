// What the rail, the palette and the keyboard can open. Only pages that exist.
import { IconActivity, IconChartLine, IconGauge, IconHierarchy, IconListDetails, IconTimeline, type Icon } from "@tabler/icons-react";
import { hrefs } from "@/lib/href";

/** A page in the rail. */
export interface NavEntry {
  readonly label: string;
  readonly href: string;
  /** Path below the base; pages below it belong to it, too. */
  readonly path: string;
  readonly icon: Icon;
  /** Opens it after `g`. */
  readonly key: string;
}

/** A group of pages in the rail. */
export interface NavGroup {
  readonly label: string;
  readonly entries: readonly NavEntry[];
}

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
  {
    label: "Run",
    entries: [{ label: "Status", href: hrefs.status(), path: "/status", icon: IconGauge, key: "s" }],
  },
];

/** The entry that a path (below the base) belongs to. */
export function entryOf(path: string): NavEntry | undefined {
  return NAV.flatMap((group) => group.entries).find((entry) => entry.path === path || (entry.path !== "/" && path.startsWith(`${entry.path}/`)));
}

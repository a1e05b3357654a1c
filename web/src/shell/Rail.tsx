// The rail: pages in groups; folds to icons, and is a bar at the bottom on narrow screens.
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { entryOf, NAV, type NavEntry } from "@/shell/nav";
import { Mark } from "@/shell/Mark";
import { usePath } from "@/shell/usePath";
import classes from "./Rail.module.css";

interface RailProps {
  readonly folded: boolean;
  readonly onFold: (folded: boolean) => void;
}

function Entry({ entry, current }: { readonly entry: NavEntry; readonly current: boolean }): ReactElement {
  const Picture = entry.icon;
  return (
    <li>
      <Go href={entry.href} className={classes["entry"]} aria-label={entry.label} aria-current={current ? "page" : undefined} data-tip={entry.label}>
        <Picture size={18} stroke={1.6} aria-hidden />
        <span className={classes["label"]}>{entry.label}</span>
      </Go>
    </li>
  );
}

/** The rail with all pages. */
export function Rail({ folded, onFold }: RailProps): ReactElement {
  const current = entryOf(usePath());
  const Fold = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav aria-label="Pages" className={classes["rail"]} data-folded={folded || undefined}>
      <Go href={hrefs.overview()} className={classes["brand"]} aria-label="Tachograph: overview">
        <Mark />
        <span className={classes["label"]}>Tachograph</span>
      </Go>
      <div className={classes["nav"]}>
        {NAV.map((group) => (
          <div key={group.label} className={classes["group"]}>
            <p className={classes["heading"]} id={`nav-${group.label}`}>
              {group.label}
            </p>
            <ul aria-labelledby={`nav-${group.label}`} className={classes["list"]}>
              {group.entries.map((entry) => (
                <Entry key={entry.path} entry={entry} current={entry === current} />
              ))}
            </ul>
          </div>
        ))}
      </div>
      <button type="button" className={classes["fold"]} aria-expanded={!folded} aria-label={folded ? "Unfold the rail" : "Fold the rail"} data-tip="Unfold" onClick={() => onFold(!folded)}>
        <Fold size={18} stroke={1.6} aria-hidden />
        <span className={classes["label"]}>Fold</span>
      </button>
    </nav>
  );
}

// Tabs that are links: each has an address, the one in force says so.
import type { ReactNode } from "react";
import { Go } from "@/components/Go";
import classes from "./TabLinks.module.css";

/** One tab. */
export interface TabLink {
  id: string;
  title: string;
  href: string;
  /** A quiet figure behind the title. */
  note?: ReactNode;
}

/** A row of tabs. `label` names the row; choosing one replaces the address, so that Back leaves the page. */
export function TabLinks({ label, tabs, current }: { label: string; tabs: readonly TabLink[]; current: string }) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <Go key={tab.id} href={tab.href} how="replace" className={classes.tab} {...(tab.id === current ? { "aria-current": "page" as const } : {})}>
          {tab.title}
          {tab.note === undefined ? null : <span className={classes.note}>{tab.note}</span>}
        </Go>
      ))}
    </nav>
  );
}

// The tabs of the alerting pages: links, the page that is open is marked.
import { useEffect, useRef, type ReactElement } from "react";
import { Go } from "@/components/Go";
import { ALERTING_PAGES, pageOf } from "@/shell/nav";
import { usePath } from "@/shell/usePath";
import classes from "./TabLinks.module.css";

/** Alerts · Rules · Silences · Routes · On call · Deliveries: stands below the head of each of these pages. */
export function AlertingTabs(): ReactElement {
  const current = pageOf(usePath());
  const tabs = useRef<HTMLElement>(null);
  // On a narrow screen the row scrolls: the tab that is open is in view.
  useEffect(() => {
    const open = tabs.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (tabs.current !== null && open !== null && open !== undefined) tabs.current.scrollLeft = open.offsetLeft + open.offsetWidth - tabs.current.offsetLeft - tabs.current.clientWidth;
  }, [current]);
  return (
    <nav ref={tabs} aria-label="Alerting" className={classes["tabs"]}>
      {ALERTING_PAGES.map((page) => (
        <Go key={page.path} href={page.href} className={classes["tab"]} {...(page === current ? { "aria-current": "page" as const } : {})}>
          {page.label}
        </Go>
      ))}
    </nav>
  );
}

// The frame around every page: rail, header, main.
import { Outlet } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { TimeRangeProvider } from "@/shell/TimeRangeProvider";
import { ZoneProvider } from "@/shell/ZoneProvider";

/** The frame around every page. */
export function Shell(): ReactElement {
  return (
    <ZoneProvider>
      <TimeRangeProvider>
        <nav aria-label="Pages">
          <Go href={hrefs.overview()}>Overview</Go> <Go href={hrefs.traces()}>Traces</Go> <Go href={hrefs.logs()}>Logs</Go>{" "}
          <Go href={hrefs.explore()}>Explore</Go> <Go href={hrefs.services()}>Services</Go> <Go href={hrefs.status()}>Status</Go>
        </nav>
        <main>
          <Outlet />
        </main>
      </TimeRangeProvider>
    </ZoneProvider>
  );
}

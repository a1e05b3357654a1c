// The header: search, time range, refresh and live, alerts, theme.
import { IconSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { keycaps } from "@/lib/keys";
import { isApple } from "@/lib/platform";
import { Bell } from "@/shell/alerts/Bell";
import { LiveSwitch } from "@/shell/LiveSwitch";
import { Mark } from "@/shell/Mark";
import { showOverlay } from "@/shell/overlays";
import { SettingsMenu } from "@/shell/SettingsMenu";
import { TimeRangeButton } from "@/shell/time/TimeRangeButton";
import controls from "./controls.module.css";
import classes from "./Header.module.css";

/** The header of every page. */
export function Header(): ReactElement {
  return (
    <header className={classes["header"]}>
      <Go href={hrefs.overview()} className={classes["mark"]} aria-label="Tachograph: overview">
        <Mark />
      </Go>
      <button type="button" className={`${controls["button"]} ${classes["search"]}`} aria-label="Search or jump to" onClick={() => showOverlay("palette")}>
        <IconSearch size={16} stroke={1.6} aria-hidden />
        <span className={classes["words"]}>Search or jump to</span>
        <kbd className={`${controls["kbd"]} ${classes["words"]}`}>{keycaps("mod+k", isApple()).join(" ")}</kbd>
      </button>
      <div className={classes["right"]}>
        <TimeRangeButton />
        <LiveSwitch />
        <Bell />
        <SettingsMenu />
      </div>
    </header>
  );
}

// What the palette offers besides data: pages, time ranges, the theme, help.
import { useMantineColorScheme } from "@mantine/core";
import { IconClock, IconDeviceDesktop, IconKeyboard, IconMoon, IconPlayerPause, IconPlayerPlay, IconSun, IconUpload, IconWorld, type Icon } from "@tabler/icons-react";
import { useGo } from "@/components/Go";
import { QUICK_RANGES } from "@/lib/quickRanges";
import { labelOf } from "@/lib/timeRange";
import { MORE_PAGES, NAV } from "@/shell/nav";
import { showOverlay } from "@/shell/overlays";
import { useTimeRange, useZone } from "@/shell/timeRange";

/** An entry of the palette. */
export interface Entry {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  /** Other words that find it. */
  readonly words?: string;
  /** Smaller, behind the label. */
  readonly detail?: string;
  /** A shortcut that does the same. */
  readonly keys?: string;
  readonly icon: Icon;
  readonly run: () => void;
}

/** The pages. */
export function usePages(): readonly Entry[] {
  const go = useGo();
  const rail = NAV.flatMap((group) => group.entries).map((page) => ({
    id: `page ${page.path}`, group: "Pages", label: page.label, keys: `g ${page.key}`, icon: page.icon, run: () => go(page.href),
  }));
  const more = MORE_PAGES.map((page) => ({ id: `page ${page.path}`, group: "Pages", label: page.label, words: "alerts", icon: page.icon, run: () => go(page.href) }));
  return [...rail, ...more];
}

/** What can be done everywhere. */
export function useActions(): readonly Entry[] {
  const range = useTimeRange();
  const { zone, setZone } = useZone();
  const { setColorScheme } = useMantineColorScheme();
  const group = "Actions";
  const live: readonly Entry[] = range.relative
    ? [{
        id: "live", group, label: range.live ? "Hold the page still" : "Follow new data", words: "live refresh pause",
        icon: range.live ? IconPlayerPause : IconPlayerPlay, run: () => range.setLive(!range.live),
      }]
    : [];
  return [
    ...live,
    { id: "dark", group, label: "Use the dark theme", words: "colour scheme mode", icon: IconMoon, run: () => setColorScheme("dark") },
    { id: "light", group, label: "Use the light theme", words: "colour scheme mode", icon: IconSun, run: () => setColorScheme("light") },
    { id: "auto", group, label: "Use the theme of the system", words: "colour scheme mode auto", icon: IconDeviceDesktop, run: () => setColorScheme("auto") },
    {
      id: "zone", group, label: zone === "utc" ? "Show times in the local zone" : "Show times in UTC", words: "timezone", icon: IconWorld,
      run: () => setZone(zone === "utc" ? "local" : "utc"),
    },
    { id: "send", group, label: "Send data here", words: "otlp sdk instrument collector first data", icon: IconUpload, run: () => showOverlay("firstData") },
    { id: "keys", group, label: "Keyboard shortcuts", words: "help", keys: "?", icon: IconKeyboard, run: () => showOverlay("shortcuts") },
  ];
}

/** The ranges of the quick list. */
export function useRanges(): readonly Entry[] {
  const range = useTimeRange();
  const { zone } = useZone();
  return QUICK_RANGES.map((one) => {
    const label = labelOf(one, range.refreshedAt, zone);
    return { id: `range ${label}`, group: "Time ranges", label, words: `time range ${one.from}`, icon: IconClock, run: () => range.set(one.from, one.to) };
  });
}

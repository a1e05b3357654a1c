// The shell's own shortcuts, and the overlays that they open; each overlay loads when it is first needed.
import { Suspense, useEffect, useState, type ComponentType, type LazyExoticComponent, type ReactElement } from "react";
import { useGo } from "@/components/Go";
import { shiftRange, zoomOut } from "@/lib/rangeSteps";
import { late } from "@/shell/late";
import { NAV } from "@/shell/nav";
import { showOverlay, useOverlay, type Overlay } from "@/shell/overlays";
import { listenToKeys, useShortcuts, type Shortcut } from "@/shell/shortcuts";
import { useTimeRange } from "@/shell/timeRange";

interface OverlayProps {
  readonly opened: boolean;
}

const loadPalette = (): Promise<ComponentType<OverlayProps>> => import("@/shell/palette/Palette").then((module) => module.Palette);
const Palette = late(loadPalette);
const ShortcutList = late(() => import("@/shell/ShortcutList").then((module) => module.ShortcutList));
const FirstDataDialog = late(() => import("@/shell/FirstDataDialog").then((module) => module.FirstDataDialog));

const IDLE_MS = 2_000;

/** An overlay that stays mounted once it was open, so that it closes as it should. */
function Late({ which, part: Part }: { readonly which: Overlay; readonly part: LazyExoticComponent<ComponentType<OverlayProps>> }): ReactElement | null {
  const opened = useOverlay(which);
  const [used, setUsed] = useState(false);
  if (opened && !used) setUsed(true);
  if (!used) return null;
  return (
    <Suspense fallback={null}>
      <Part opened={opened} />
    </Suspense>
  );
}

/** The keys that work everywhere. */
export function ShellKeys(): ReactElement {
  const go = useGo();
  const range = useTimeRange();
  useEffect(listenToKeys, []);
  useEffect(() => {
    // Small, and wanted at once when it is wanted: fetched when the page has come to rest.
    const timer = setTimeout(() => loadPalette().catch(() => undefined), IDLE_MS);
    return () => clearTimeout(timer);
  }, []);
  const shift = (direction: -1 | 1): void => {
    const next = shiftRange(range, direction, Date.now());
    range.set(next.from, next.to);
  };
  const pages: readonly Shortcut[] = NAV.flatMap((group) => group.entries).map((entry) => ({
    keys: `g ${entry.key}`, what: entry.label, group: "Go to", run: () => go(entry.href),
  }));
  useShortcuts([
    { keys: "mod+k", what: "search or jump to", group: "Everywhere", whileTyping: true, run: () => showOverlay("palette") },
    { keys: "/", what: "search", group: "Everywhere", run: () => showOverlay("palette") },
    { keys: "?", what: "this list", group: "Everywhere", run: () => showOverlay("shortcuts") },
    { keys: "t", what: "change the time range", group: "Time", run: () => showOverlay("time") },
    { keys: "[", what: "back in time by half the range", group: "Time", run: () => shift(-1) },
    { keys: "]", what: "forward in time by half the range", group: "Time", run: () => shift(1) },
    { keys: "-", what: "zoom out to twice the range", group: "Time", run: () => {
      const next = zoomOut(range, Date.now());
      range.set(next.from, next.to);
    } },
    ...pages,
  ]);
  return (
    <>
      <Late which="palette" part={Palette} />
      <Late which="shortcuts" part={ShortcutList} />
      <Late which="firstData" part={FirstDataDialog} />
    </>
  );
}

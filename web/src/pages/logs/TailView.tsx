// The live tail: newest at the bottom. Scrolling up or the space bar holds it; what was lost is said.
import { IconEraser, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { IconButton } from "@/components/IconButton";
import { asLogql } from "@/lib/logs/conditions";
import { formatExact, formatRate, plural } from "@/lib/numbers";
import { useLogs } from "./context";
import { LineList, type LineListHandle } from "./LineList";
import type { LineLook } from "./LineRow";
import { useLineKeys } from "./useLineKeys";
import { useSpaceKey } from "./useSpaceKey";
import { useTail, type RunningTail } from "./useTail";
import classes from "./TailView.module.css";

/** Closer to the end than this the tail follows, px. */
const NEAR = 30;

const STATES = {
  connecting: "Connecting…",
  live: "Live",
  lost: "The connection was lost; trying again.",
  off: "This server has no live stream.",
} as const;

/** The tail with its bar. */
export function TailView({ look, onServices }: { readonly look: LineLook; readonly onServices: (names: readonly string[]) => void }): ReactElement {
  const { conditions, params, search, open, set } = useLogs();
  const tail = useTail(asLogql(conditions), params);
  const [paused, setPaused] = useState(false);
  const [following, setFollowing] = useState(true);
  const handle = useRef<LineListHandle>(null);
  const { lines } = tail.view;
  const held = paused || !following;
  useEffect(() => tail.hold(held), [held]); // oxlint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    if (!held && lines.length > 0) handle.current?.show(lines.length - 1, "end");
  }, [lines, held]);
  useEffect(() => onServices([...new Set(lines.slice(-400).map((line) => line.serviceName))].toSorted()), [lines, onServices]);
  const jump = (): void => {
    setPaused(false);
    setFollowing(true);
  };
  const pause = (): void => (held ? jump() : setPaused(true));
  useSpaceKey(pause);
  const [moved, setCurrent] = useState("");
  const current = search.record === "" ? moved : search.record;
  const find = useCallback((id: string) => lines.findLastIndex((line) => line.id === id), [lines]);
  const walked = useMemo(() => ({ count: lines.length, lineAt: (index: number) => lines[index], find }), [lines, find]);
  const keys = useLineKeys(walked, { current, setCurrent }, handle);
  const top = useRef(0);
  const onScroll = (): void => {
    const now = handle.current?.scrollTop() ?? 0;
    const up = now < top.current - 2;
    top.current = now;
    // New rows make room below before they are scrolled to: only going up means that somebody reads.
    if ((handle.current?.below() ?? 0) < NEAR) setFollowing(true);
    else if (up) setFollowing(false);
  };
  return (
    <div className={classes["view"]}>
      <Bar tail={tail} held={held} onPause={pause} />
      <div className={classes["list"]}>
        <LineList
          ref={handle}
          label="Live log lines"
          count={lines.length}
          lineAt={walked.lineAt}
          look={look}
          current={current}
          currentAt={current === "" ? -1 : find(current)}
          onOpen={open}
          onKeys={keys}
          onScroll={onScroll}
          above={-tail.cut}
          order="oldest"
          onColumns={(cols) => set({ cols }, "replace")}
        />
        {lines.length === 0 ? <p className={classes["waiting"]} role="status">Waiting for lines that match.</p> : null}
        {held && tail.view.waiting > 0 ? (
          <button type="button" className={classes["jump"]} onClick={jump}>
            {plural(tail.view.waiting, "new line")}: jump to newest
          </button>
        ) : null}
      </div>
    </div>
  );
}

function Bar({ tail, held, onPause }: { readonly tail: RunningTail; readonly held: boolean; readonly onPause: () => void }): ReactElement {
  const { lost, lostUnknown, dropped, lines } = tail.view;
  return (
    <div className={classes["bar"]}>
      <IconButton icon={held ? IconPlayerPlay : IconPlayerPause} label={held ? "Go on (space)" : "Hold (space)"} pressed={held} onClick={onPause}>
        {held ? "Go on" : "Hold"}
      </IconButton>
      <span className={classes["state"]} data-state={held ? "held" : tail.state} role="status">
        {held && tail.state === "live" ? "Held" : STATES[tail.state]}
      </span>
      <span className={classes["figure"]}>{formatRate(tail.rate)}</span>
      <span className={classes["quiet"]}>{plural(lines.length, "line")} kept</span>
      {lost > 0 || lostUnknown ? (
        <span className={classes["lost"]} role="alert">
          {lost > 0 ? `${formatExact(lost)}${lostUnknown ? " or more" : ""}` : "Some"} lines were lost on the way: they came faster than they could be sent. Narrow the query; the list has them all.
        </span>
      ) : null}
      {dropped > 0 ? <span className={classes["lost"]}>{plural(dropped, "line")} came while this was held or hidden and are in the list only.</span> : null}
      <span className={classes["end"]}>
        <IconButton icon={IconEraser} label="Clear what is shown" onClick={tail.clear} />
      </span>
    </div>
  );
}

// A list of ranges to choose from: one tab stop, arrows move inside.
import { useId, useRef, type KeyboardEvent, type ReactElement } from "react";
import type { WrittenRange } from "@/lib/timeRange";
import classes from "./RangeList.module.css";

interface RangeListProps {
  readonly title: string;
  readonly ranges: readonly WrittenRange[];
  readonly current: WrittenRange;
  readonly label: (range: WrittenRange) => string;
  readonly onChoose: (range: WrittenRange) => void;
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** A titled list of ranges. */
export function RangeList({ title, ranges, current, label, onChoose }: RangeListProps): ReactElement {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const chosen = ranges.findIndex((one) => one.from === current.from && one.to === current.to);
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.findIndex((one) => one === document.activeElement);
    const next = STEPS[event.key]?.(at, buttons.length);
    if (next === undefined) return;
    event.preventDefault();
    buttons[next]?.focus();
  };
  return (
    <section>
      <h2 className={classes["title"]} id={id}>
        {title}
      </h2>
      {/* The keys move the focus between the buttons, which do the rest. */}
      <ul ref={list} aria-labelledby={id} className={classes["list"]} onKeyDown={onKeyDown}>
        {ranges.map((one, index) => (
          <li key={`${one.from} ${one.to}`}>
            <button type="button" tabIndex={index === Math.max(0, chosen) ? 0 : -1} aria-current={index === chosen ? "true" : undefined} className={classes["range"]} onClick={() => onChoose(one)}>
              {label(one)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

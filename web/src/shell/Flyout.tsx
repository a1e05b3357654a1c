// A button of the header with a panel below it: the browser's own popover, so a press beside it, Esc and the focus work
// as they should, and nothing lies over it.
import { useEffect, useId, useRef, type ReactElement, type ReactNode } from "react";
import classes from "./Flyout.module.css";

interface FlyoutProps {
  readonly opened: boolean;
  readonly onOpened: (opened: boolean) => void;
  /** Name of the panel. */
  readonly title: string;
  /** Name of the button, where its words do not tell. */
  readonly buttonLabel?: string | undefined;
  readonly buttonTitle?: string | undefined;
  readonly buttonClass: string;
  readonly button: ReactNode;
  readonly children: ReactNode;
}

const GAP_PX = 4;
const EDGE_PX = 8;

/** Below the button, its right edges in line, but inside of the window. */
function place(button: HTMLElement, panel: HTMLElement): void {
  const { bottom, right } = button.getBoundingClientRect();
  panel.style.top = `${bottom + GAP_PX}px`;
  panel.style.maxHeight = `${innerHeight - bottom - GAP_PX - EDGE_PX}px`;
  const spare = innerWidth - panel.offsetWidth - EDGE_PX;
  panel.style.left = `${Math.max(EDGE_PX, Math.min(right - panel.offsetWidth, spare))}px`;
}

/** A button with a panel. The panel's content is there only while it is open; what has `data-autofocus` takes the focus. */
export function Flyout({ opened, onOpened, title, buttonLabel, buttonTitle, buttonClass, button, children }: FlyoutProps): ReactElement {
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = panel.current;
    if (element === null) return undefined;
    if (opened !== element.matches(":popover-open")) element.togglePopover(opened);
    if (!opened) return undefined;
    // What was there before the panel was shown could not take the focus yet.
    element.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    const settle = (): void => {
      if (trigger.current !== null) place(trigger.current, element);
    };
    // What is inside loads late, and grows.
    const watch = new ResizeObserver(settle);
    watch.observe(element);
    addEventListener("resize", settle);
    settle();
    return () => {
      watch.disconnect();
      removeEventListener("resize", settle);
    };
  }, [opened]);
  return (
    <>
      <button ref={trigger} type="button" className={buttonClass} popoverTarget={id} aria-haspopup="dialog" aria-expanded={opened} aria-label={buttonLabel} title={buttonTitle}>
        {button}
      </button>
      <div ref={panel} id={id} popover="auto" role="dialog" aria-label={title} className={classes["panel"]} onToggle={(event) => onOpened(event.newState === "open")}>
        {opened ? children : null}
      </div>
    </>
  );
}

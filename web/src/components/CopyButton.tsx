// A button that puts a text on the clipboard and says so for a moment.
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { copyText } from "@/lib/copy";
import classes from "./IconButton.module.css";

interface CopyButtonProps {
  /** The text, or a function that makes it when asked. */
  text: string | (() => string);
  /** What is copied: `trace id`. */
  what: string;
  /** Words beside the icon. */
  children?: string;
}

/** Copies on a click; the icon turns into a tick, screen readers hear it. */
export function CopyButton({ text, what, children }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = window.setTimeout(() => setState("idle"), 1500);
    return () => window.clearTimeout(timer);
  }, [state]);
  const Icon = state === "done" ? IconCheck : IconCopy;
  const said = state === "done" ? "copied" : state === "failed" ? "the browser refused to copy" : "";
  return (
    <>
      <button
        type="button"
        className={classes.button}
        data-words={children !== undefined}
        aria-label={children === undefined ? `Copy ${what}` : undefined}
        title={said === "" ? `Copy ${what}` : said}
        onClick={(event) => {
          event.stopPropagation();
          void copyText(typeof text === "string" ? text : text()).then((done) => setState(done ? "done" : "failed"));
        }}
      >
        <Icon size={14} aria-hidden />
        {children}
      </button>
      <span role="status" className={classes.hidden}>
        {said}
      </span>
    </>
  );
}

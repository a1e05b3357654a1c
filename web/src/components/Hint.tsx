// Text with an explanation: on hover, on focus, and read with it by screen readers.
import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Hint.module.css";

/** Words with a dotted line below; `text` explains them. */
export function Hint({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Tooltip label={text} multiline maw={320} withArrow={false} events={{ hover: true, focus: true, touch: true }}>
      <span className={classes.hint} tabIndex={0}>
        {children}
      </span>
    </Tooltip>
  );
}

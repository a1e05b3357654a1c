// The border between tree and timeline: drag it, or move it with the arrow keys.
import type { ReactElement } from "react";
import classes from "./Waterfall.module.css";

interface TreeEdgeProps {
  readonly width: number;
  readonly onChange: (px: number) => void;
  readonly onReset: () => void;
}

/** The border; `width` is that of the tree, px. */
export function TreeEdge({ width, onChange, onReset }: TreeEdgeProps): ReactElement {
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label="Width of the names"
      aria-orientation="vertical"
      aria-valuemin={140}
      aria-valuemax={1200}
      aria-valuenow={width}
      className={classes.edge}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
        onChange(event.clientX - left);
      }}
      onDoubleClick={onReset}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") onChange(width - 24);
        else if (event.key === "ArrowRight") onChange(width + 24);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

// Buttons for what the wheel and the keys do.
import { IconMinus, IconPlus, IconZoomScan } from "@tabler/icons-react";
import classes from "./Graph.module.css";

interface ZoomToolsProps {
  onZoom(factor: number): void;
  onFit(): void;
}

/** Zoom in, zoom out, show all. */
export function ZoomTools({ onZoom, onFit }: ZoomToolsProps) {
  const tools = [
    { name: "Zoom in (+)", Icon: IconPlus, run: () => onZoom(1.25) },
    { name: "Zoom out (-)", Icon: IconMinus, run: () => onZoom(0.8) },
    { name: "Show all (0)", Icon: IconZoomScan, run: onFit },
  ];
  return (
    <div className={classes.tools}>
      {tools.map(({ name, Icon, run }) => (
        <button key={name} type="button" className={classes.tool} aria-label={name} title={name} onClick={run}>
          <Icon size={15} aria-hidden />
        </button>
      ))}
    </div>
  );
}

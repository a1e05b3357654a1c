// A box with a title: what most of a page is made of.
import { useId, type ReactNode } from "react";
import classes from "./Panel.module.css";

interface PanelProps {
  title: string;
  /** A quiet word beside the title: a unit, a split. */
  subtitle?: ReactNode;
  /** Buttons and links at the right of the title. */
  actions?: ReactNode;
  /** Height of the body, px, so that nothing shifts while it loads. */
  height?: number;
  /** The body touches the borders: tables and lists. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled section with a border. */
export function Panel({ title, subtitle, actions, height, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <header className={classes.header}>
        <h2 id={id} className={classes.title}>
          {title}
        </h2>
        {subtitle === undefined ? null : <span className={classes.subtitle}>{subtitle}</span>}
        {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={classes.body} data-flush={flush} style={height === undefined ? undefined : { height }}>
        {children}
      </div>
    </section>
  );
}

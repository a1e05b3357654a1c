// Where an alert is: its most telling labels in short, all of them on hover.
import type { ReactElement } from "react";
import { placeLabels } from "@/lib/alerting/labels";
import type { Labels } from "@/lib/alerting/matchers";
import classes from "./Place.module.css";

interface PlaceProps {
  readonly labels: Labels;
  /** Labels that are shown; the others are counted. */
  readonly most?: number;
}

/** `agent_id coder-1  service api  +2` */
export function Place({ labels, most = 3 }: PlaceProps): ReactElement {
  const all = placeLabels(labels);
  if (all.length === 0) return <span className={classes["none"]}>everywhere</span>;
  const shown = all.slice(0, most);
  return (
    <span className={classes["place"]} title={all.map(({ name, value }) => `${name}="${value}"`).join("\n")}>
      {shown.map(({ name, value }) => (
        <span key={name} className={classes["label"]}>
          <span className={classes["name"]}>{name}</span> {value}
        </span>
      ))}
      {all.length > most ? <span className={classes["none"]}>+{all.length - most}</span> : null}
    </span>
  );
}

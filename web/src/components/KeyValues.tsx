// Names and values, each with copy and filter-by.
import { IconFilterMinus, IconFilterPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton";
import { IconButton } from "./IconButton";
import classes from "./KeyValues.module.css";

/** One line: a name and its value as text; `show` where the value is more than text. */
export interface KeyValue {
  key: string;
  value: string;
  show?: ReactNode;
}

interface KeyValuesProps {
  /** What the list is: `Attributes of the span`. */
  label: string;
  items: readonly KeyValue[];
  /** Search for this value. */
  onInclude?: ((item: KeyValue) => void) | undefined;
  /** Search for everything but this value. */
  onExclude?: ((item: KeyValue) => void) | undefined;
}

/** A list of names and values. */
export function KeyValues({ label, items, onInclude, onExclude }: KeyValuesProps) {
  return (
    <dl className={classes.list} aria-label={label}>
      {items.map((item) => (
        <div key={item.key} className={classes.line}>
          <dt className={classes.key} title={item.key}>
            {item.key}
          </dt>
          <dd className={classes.value}>
            <span className={classes.text}>{item.show ?? item.value}</span>
            <span className={classes.actions}>
              {onInclude === undefined ? null : <IconButton icon={IconFilterPlus} label={`Only ${item.key} = ${short(item.value)}`} onClick={() => onInclude(item)} />}
              {onExclude === undefined ? null : <IconButton icon={IconFilterMinus} label={`Without ${item.key} = ${short(item.value)}`} onClick={() => onExclude(item)} />}
              <CopyButton text={item.value} what={`value of ${item.key}`} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

// One field with its most frequent values and their counts: a tick takes only them, a minus leaves one out.
import { IconMinus } from "@tabler/icons-react";
import { useId, useState, type ReactNode } from "react";
import { toNumber } from "@/lib/counts";
import { formatCount, formatExact } from "@/lib/numbers";
import classes from "./FacetList.module.css";

/** A value of a field and how often it occurs. */
export interface FacetValue {
  value: string;
  count: number | string;
}

interface FacetListProps {
  /** Name of the field as people say it: `Service`. */
  title: string;
  values: readonly FacetValue[];
  included: readonly string[];
  excluded?: readonly string[];
  onInclude: (value: string, on: boolean) => void;
  /** Without it values cannot be left out. */
  onExclude?: ((value: string, on: boolean) => void) | undefined;
  /** Shown before a value, such as a spot of colour. */
  mark?: (value: string) => ReactNode;
  /** How values are written; as they are unless given. */
  write?: (value: string) => string;
  /** The field has more values than are counted. */
  tooMany?: boolean;
  /** Starts closed. */
  folded?: boolean;
}

const SHOWN = 8;

/** A field of a facet column. */
export function FacetList(props: FacetListProps) {
  const { title, values, included, excluded = [], tooMany = false, folded = false } = props;
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState(!folded);
  const id = useId();
  // A value that is filtered by stays in sight when it no longer occurs.
  const missing = [...included, ...excluded].filter((value) => !values.some((one) => one.value === value)).map((value) => ({ value, count: 0 }));
  const listed = [...missing, ...values];
  const most = Math.max(1, ...values.map((one) => toNumber(one.count)));
  const shown = all ? listed : listed.filter((one, index) => index < SHOWN || included.includes(one.value) || excluded.includes(one.value));
  return (
    <section className={classes.facet} aria-labelledby={id}>
      <h3 id={id} className={classes.title}>
        <button type="button" className={classes.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          {title}
          {included.length + excluded.length > 0 ? <span className={classes.active}>{included.length + excluded.length}</span> : null}
        </button>
      </h3>
      {open ? (
        <ul className={classes.list}>
          {shown.map((one) => (
            <FacetRow key={one.value} {...props} facet={one} share={toNumber(one.count) / most} isOut={excluded.includes(one.value)} />
          ))}
        </ul>
      ) : null}
      {open && listed.length === 0 ? <p className={classes.note}>No values in this range.</p> : null}
      {open && listed.length > shown.length ? (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>{`${listed.length - shown.length} more`}</button>
      ) : null}
      {open && all && listed.length > SHOWN ? (
        <button type="button" className={classes.more} onClick={() => setAll(false)}>
          fewer
        </button>
      ) : null}
      {open && tooMany ? <p className={classes.note}>Too many values to count all: these are among the most frequent.</p> : null}
    </section>
  );
}

interface FacetRowProps extends FacetListProps {
  facet: FacetValue;
  share: number;
  isOut: boolean;
}

function FacetRow({ facet, share, isOut, title, included, onInclude, onExclude, mark, write }: FacetRowProps) {
  const text = write?.(facet.value) ?? (facet.value === "" ? "(empty)" : facet.value);
  return (
    <li className={classes.row} data-out={isOut}>
      <label className={classes.label} title={text}>
        <input type="checkbox" className={classes.box} checked={included.includes(facet.value)} onChange={(event) => onInclude(facet.value, event.currentTarget.checked)} />
        {mark?.(facet.value)}
        <span className={classes.value}>{text}</span>
        <span className={classes.count} title={formatExact(facet.count)}>
          {formatCount(facet.count)}
        </span>
        <span className={classes.bar} style={{ transform: `scaleX(${Math.max(0, Math.min(1, share))})` }} aria-hidden />
      </label>
      {onExclude === undefined ? null : (
        <button type="button" className={classes.out} aria-pressed={isOut} aria-label={`Leave out ${title} ${text}`} title={isOut ? "Left out" : "Leave out"} onClick={() => onExclude(facet.value, !isOut)}>
          <IconMinus size={12} aria-hidden />
        </button>
      )}
    </li>
  );
}

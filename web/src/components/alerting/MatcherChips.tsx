// Matchers of labels as chips: `severity =~ high|critical`. Those in force can be taken away.
import { IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Matcher } from "@/api/schema";
import { formatMatcher } from "@/lib/alerting/matchers";
import { severityOfPattern } from "@/lib/alerting/severity";
import classes from "./MatcherChips.module.css";

interface MatcherChipsProps {
  readonly matchers: readonly Matcher[];
  /** What the list is, for screen readers. */
  readonly label?: string;
  /** Takes the matcher at this place away. */
  readonly onRemove?: ((place: number) => void) | undefined;
  /** What stands there if there are none: `every alert`. */
  readonly none?: string;
}

/** What a long pattern of words means: a severity in either vocabulary. */
function meantOf({ name, op, value }: Matcher): string | undefined {
  return name === "severity" && op === "=~" ? severityOfPattern(value)?.toUpperCase() : undefined;
}

/** A list of matchers. */
export function MatcherChips({ matchers, label = "Matchers", onRemove, none = "every alert" }: MatcherChipsProps): ReactElement {
  if (matchers.length === 0) return <span className={classes["none"]}>{none}</span>;
  return (
    <ul className={classes["list"]} aria-label={label}>
      {matchers.map((matcher, place) => (
        <li key={`${place} ${formatMatcher(matcher)}`} className={classes["chip"]}>
          <span className={classes["text"]} title={formatMatcher(matcher)}>
            <span className={classes["name"]}>{matcher.name}</span>
            {meantOf(matcher) === undefined ? matcher.op : " "}
            <span>{meantOf(matcher) ?? (matcher.value === "" ? '""' : matcher.value)}</span>
          </span>
          {onRemove === undefined ? null : (
            <button type="button" className={classes["remove"]} aria-label={`Remove ${formatMatcher(matcher)}`} onClick={() => onRemove(place)}>
              <IconX size={12} aria-hidden />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

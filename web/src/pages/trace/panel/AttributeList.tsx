// Attributes in groups, each with copy, filter-by and the whole of a large value when it is opened.
import { useMemo, type ReactElement } from "react";
import { KeyValues, type KeyValue } from "@/components/KeyValues";
import { useGo } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { groupAttributes } from "@/lib/trace/groups";
import { largeOf, prettyText, structureOf, valueText, type Attributes } from "@/lib/trace/values";
import { formatBytes } from "@/lib/units";
import classes from "./Panel.module.css";
import { TextBlock } from "./TextBlock";

interface AttributeListProps {
  readonly label: string;
  /** Where they belong, as TraceQL names it. */
  readonly scope: "span" | "resource" | "none";
  readonly attributes: Attributes;
  readonly without?: ReadonlySet<string>;
  readonly loading?: boolean;
  readonly onLoad?: () => void;
  /** One list without headings. */
  readonly flat?: boolean;
}

/** Longer values get a fold of their own. */
const LONG = 240;
/** Filters take values up to so many characters. */
const FILTER_CHARS = 512;

/** A list of attributes. */
export function AttributeList({ label, scope, attributes, without, loading = false, onLoad, flat = false }: AttributeListProps): ReactElement {
  const go = useGo();
  const groups = useMemo(() => {
    const found = groupAttributes(attributes, without);
    return flat && found.length > 0 ? [{ title: "", items: found.flatMap((group) => group.items) }] : found;
  }, [attributes, without, flat]);
  const include = (item: KeyValue): void => go(hrefs.traces({ attr: [`${item.key}=${item.value}`] }));
  const exclude = (item: KeyValue): void => go(hrefs.traces({ q: `{ ${scope}.${nameInQuery(item.key)} != ${literal(attributes[item.key])} }` }));
  return (
    <>
      {groups.map((group) => (
        <div key={group.title} className={classes.group}>
          {group.title === "" || groups.length === 1 ? null : <h4 className={classes.groupTitle}>{group.title}</h4>}
          {group.items.map(([key, value]) => {
            const item = itemOf(key, value, loading, onLoad);
            const filters = scope !== "none" && largeOf(value) === undefined && structureOf(value) === undefined && item.value.length <= FILTER_CHARS;
            return <KeyValues key={key} label={`${label}: ${key}`} items={[item]} onInclude={filters ? include : undefined} onExclude={filters ? exclude : undefined} />;
          })}
        </div>
      ))}
    </>
  );
}

function itemOf(key: string, value: unknown, loading: boolean, onLoad: (() => void) | undefined): KeyValue {
  const text = valueText(value);
  const large = largeOf(value);
  if (large !== undefined) {
    return {
      key,
      value: text,
      show: (
        <span className={classes.preview}>
          {text}…{" "}
          {onLoad === undefined ? null : (
            <button type="button" className={classes.linkish} disabled={loading} onClick={onLoad}>
              {loading ? "Loading …" : `Load all ${formatBytes(large.bytes)}`}
            </button>
          )}
        </span>
      ),
    };
  }
  const pretty = typeof value === "object" && value !== null ? prettyText(JSON.stringify(value)) : prettyText(text);
  return pretty.length > LONG || pretty.includes("\n") ? { key, value: text, show: <TextBlock text={pretty} what={key} mono lines={5} /> } : { key, value: text };
}

/** A key as TraceQL writes it: quoted where it has odd characters. */
function nameInQuery(key: string): string {
  return /^[A-Za-z_][\w.-]*$/u.test(key) ? key : JSON.stringify(key);
}

function literal(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(valueText(value));
}

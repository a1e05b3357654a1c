// Short conditions of rules, such as `rate(5m) > 0.1 by service`: from text to fields and back. Pure.

/** The fields of a short condition. */
export interface ShortCondition {
  /** `rate`, `p95` …; "" compares the newest value. */
  readonly fn: string;
  /** `5m`; "" without function. */
  readonly window: string;
  /** `>`, `<`, `>=`, `<=`, `==`, `!=`. */
  readonly op: string;
  /** A number, maybe with a unit, or an amount such as `budget_limit * 0.9`. */
  readonly amount: string;
  /** Labels it is split by, separated by commas. */
  readonly by: string;
}

/** Functions over a window, the usual ones first, and what they tell. */
export const FUNCTIONS: readonly { readonly value: string; readonly label: string }[] = [
  { value: "", label: "newest value" },
  { value: "rate", label: "rate, a second" },
  { value: "increase", label: "increase" },
  { value: "avg", label: "average" },
  { value: "p50", label: "50th percentile" },
  { value: "p90", label: "90th percentile" },
  { value: "p95", label: "95th percentile" },
  { value: "p99", label: "99th percentile" },
  { value: "min", label: "least" },
  { value: "max", label: "greatest" },
  { value: "sum", label: "sum" },
  { value: "count", label: "count of samples" },
  { value: "delta", label: "difference" },
  { value: "deriv", label: "slope, a second" },
  { value: "stddev", label: "standard deviation" },
  { value: "changes", label: "changes" },
];

/** Comparisons. */
export const OPERATORS: readonly string[] = [">", ">=", "<", "<=", "==", "!="];

const SHAPE = /^(?:(?<fn>[a-z]\w*(?:\.\d+)?)\s*\(\s*(?<window>[\w.]+)\s*\)\s*)?(?<op>>=|<=|==|!=|>|<)\s*(?<amount>[^<>=!]+?)(?:\s+(?:by|per)\s+\(?(?<by>[\w.]+(?:\s*,\s*[\w.]+)*)\)?)?$/u;

/** The condition that a new rule starts with. */
export const FIRST_CONDITION: ShortCondition = { fn: "rate", window: "5m", op: ">", amount: "0", by: "" };

/** The fields of a text; undefined where it says more than they can. */
export function readCondition(text: string): ShortCondition | undefined {
  const found = SHAPE.exec(text.trim())?.groups;
  if (found === undefined) return undefined;
  const fn = found["fn"] ?? "";
  if (fn !== "" && !FUNCTIONS.some((one) => one.value === fn)) return undefined;
  const by = (found["by"] ?? "").replaceAll(/\s*,\s*/gu, ", ");
  return { fn, window: found["window"] ?? "", op: found["op"] ?? ">", amount: (found["amount"] ?? "").trim(), by };
}

/** The text of fields. */
export function writeCondition({ fn, window, op, amount, by }: ShortCondition): string {
  const value = fn === "" ? "" : `${fn}(${window === "" ? "5m" : window}) `;
  return `${value}${op} ${amount.trim()}${by.trim() === "" ? "" : ` by ${by.trim()}`}`;
}

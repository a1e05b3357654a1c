// What the page shows as a command for a shell: `tacho logs query …`, `tacho logs tail …`, `curl …`.
import { asLogql, conditionParams, type LogConditions } from "@/lib/logs/conditions";
import { queryOfTyped } from "@/lib/logs/logql";

/** A time range as commands take it. */
export interface CommandRange {
  readonly from: string;
  readonly to: string;
}

/** A word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function flag(name: string, value: string): readonly string[] {
  return value === "" ? [] : [name, shellWord(value)];
}

/** `tacho logs query …` that prints the same lines. */
export function queryCommand(conditions: LogConditions, range: CommandRange): string {
  const { query } = queryOfTyped(conditions.q);
  return [
    "tacho logs query",
    ...(query === "" ? [] : [shellWord(query)]),
    ...flag("--service", conditions.service),
    ...flag("--severity", conditions.severity),
    ...conditions.attr.flatMap((attr) => flag("--attr", attr)),
    ...flag("--trace-id", conditions.traceId),
    ...flag("--span-id", conditions.spanId),
    ...flag("--since", range.from),
    ...flag("--until", range.to === "now" ? "" : range.to),
  ].join(" ");
}

/** `tacho logs tail …` that follows the same lines. */
export function tailCommand(conditions: LogConditions): string {
  const query = asLogql(conditions);
  return query === "" ? "tacho logs tail" : `tacho logs tail ${shellWord(query)}`;
}

/** `curl …` of the call that the page makes; `base` is the address of the server with a slash at its end. */
export function curlCommand(conditions: LogConditions, range: CommandRange, base: string): string {
  const params = conditionParams(conditions);
  const pairs = Object.entries({ ...params, start: range.from, end: range.to }).flatMap(([name, value]) =>
    (typeof value === "object" ? value : [value]).flatMap((one) => (one === undefined || one === "" ? [] : [`${name}=${one}`])),
  );
  return ["curl -sG", shellWord(`${base}api/v1/logs`), ...pairs.map((pair) => `--data-urlencode ${shellWord(pair)}`)].join(" ");
}

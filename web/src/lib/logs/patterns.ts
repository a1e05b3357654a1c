// Patterns of lines: their gaps, and what shows their lines or leaves them out.
import type { LogConditions } from "@/lib/logs/conditions";
import { queryOfTyped, quoted, readQuery, withStage } from "@/lib/logs/logql";

/** A piece of a pattern; `gap` where lines differ. */
export interface PatternPiece {
  readonly text: string;
  readonly gap: boolean;
}

/** A pattern in pieces: `<*>` apart. */
export function patternPieces(pattern: string): readonly PatternPiece[] {
  return pattern.split(/(<\*>)/).filter((text) => text !== "").map((text) => ({ text, gap: text === "<*>" }));
}

/** The conditions that also ask for a pattern's lines; `filters` are its line filters. */
export function includePattern(conditions: LogConditions, filters: string): LogConditions {
  const { query } = queryOfTyped(conditions.q);
  return { ...conditions, q: `${query === "" ? "{}" : query} ${filters}`.trim() };
}

/** The conditions that leave a pattern's lines out. Several words are left out together: as one expression over the line. */
export function excludePattern(conditions: LogConditions, filters: string): LogConditions {
  const read = readQuery(`{} ${filters}`);
  const sources = read?.stages.flatMap((stage) => (stage.kind === "line" ? [sourceOf(stage.op, stage.texts[0] ?? "")] : [])) ?? [];
  if (sources.length === 0) return conditions;
  const [first] = read?.stages ?? [];
  const stage = sources.length === 1 && first?.kind === "line" && first.op === "|=" ? `!= ${quoted(first.texts[0] ?? "")}` : `!~ ${quoted(`(?s)${sources.join(".*")}`)}`;
  return { ...conditions, q: withStage(queryOfTyped(conditions.q).query, stage) };
}

function sourceOf(op: string, text: string): string {
  return op === "|~" ? `(?:${text})` : text.replace(/[\\.*+?^${}()|[\]]/g, String.raw`\$&`);
}

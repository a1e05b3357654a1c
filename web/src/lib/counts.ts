// Counts as the API gives them: numbers, or strings of digits beyond 2^53.

/** A count as a number. Beyond 2^53 it is near enough for showing; what is no number is 0. */
export function toNumber(count: number | string | null | undefined): number {
  if (typeof count === "number") return count;
  if (count === null || count === undefined || count.trim() === "") return 0;
  const value = Number(count);
  return Number.isFinite(value) ? value : 0;
}

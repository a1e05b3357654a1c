// Plain figures as text: counts, exact integers, shares, rates, money. No units of measure (see units.ts).
import { toNumber } from "@/lib/counts";

/** What is shown where there is no figure. */
export const NO_VALUE = "–";

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** `1840213` → `1,840,213`. */
export function formatExact(count: number | string | null | undefined): string {
  if (count === null || count === undefined) return NO_VALUE;
  if (typeof count === "string" && /^\d+$/u.test(count)) return grouped.format(BigInt(count));
  const value = toNumber(count);
  return Number.isFinite(value) ? grouped.format(value) : NO_VALUE;
}

/** Rounds to so many significant digits and drops trailing zeros: `significant(12.345, 3)` → `12.3`. */
export function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(places, 20));
  return text.includes(".") ? text.replace(/\.?0+$/u, "") : text;
}

/** `value` rounded to three significant digits, as a number. */
export function round3(value: number): number {
  return value === 0 || !Number.isFinite(value) ? value : Number(value.toPrecision(3));
}

const COUNT_STEPS: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

/** A figure in little room: `96`, `1.84k`, `402k`, `1.84M`; fractions with three significant digits. */
export function formatCount(count: number | string | null | undefined): string {
  if (count === null || count === undefined) return NO_VALUE;
  const value = toNumber(count);
  if (Number.isNaN(value)) return NO_VALUE;
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  const rounded = round3(size);
  for (const [step, suffix] of COUNT_STEPS) {
    if (rounded >= step) {
      return rounded >= 1e15 ? `${sign}${size.toExponential(2)}` : `${sign}${significant(rounded / step, 3)}${suffix}`;
    }
  }
  if (size !== 0 && size < 1e-4) return `${sign}${Number(size.toPrecision(2)).toExponential()}`;
  return sign + significant(size, 3);
}

/** A share between 0 and 1 as a percentage. Never says 100% or 0% of something that is not quite that. */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return NO_VALUE;
  const percent = share * 100;
  const sign = percent < 0 ? "−" : "";
  const size = Math.abs(percent);
  if (size === 0) return "0%";
  if (size < 0.001) return `${sign}<0.001%`;
  if (size < 1) return `${sign}${significant(size, 2)}%`;
  if (size < 100 && size > 99.9) return `${sign}${(Math.floor(size * 1000) / 1000).toFixed(3).replace(/0+$/u, "")}%`;
  return `${sign}${significant(Math.round(size * 10) / 10, size >= 1000 ? 4 : 3 + Number(size >= 100))}%`;
}

/** Something that happens so often a second: `3.2/s`, `47/min`, `2/h`. */
export function formatRate(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined || !Number.isFinite(perSecond)) return NO_VALUE;
  if (perSecond === 0) return "0/s";
  const size = Math.abs(perSecond);
  if (size >= 1) return `${formatCount(perSecond)}/s`;
  if (size * 60 >= 1) return `${formatCount(perSecond * 60)}/min`;
  return `${formatCount(perSecond * 3600)}/h`;
}

/** US dollars: `$412.60`, `$0.0042`, `$1,204`. */
export function formatMoney(usd: number | null | undefined): string {
  if (usd === null || usd === undefined || !Number.isFinite(usd)) return NO_VALUE;
  const sign = usd < 0 ? "−" : "";
  const size = Math.abs(usd);
  if (size >= 1e6) return `${sign}$${formatCount(size)}`;
  if (size >= 1000) return `${sign}$${grouped.format(size)}`;
  if (size === 0 || size >= 0.01) return `${sign}$${size.toFixed(2)}`;
  return `${sign}$${significant(size, 2)}`;
}

/** `1 span`, `2 spans`, `3 matches`; the plural is the word with an s unless given. */
export function plural(count: number | string, one: string, many = `${one}s`): string {
  return `${formatExact(count)} ${toNumber(count) === 1 ? one : many}`;
}

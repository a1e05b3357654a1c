// Colours by meaning: slot numbers (given out by the server, one a name for ever) and tones, as CSS variables.

/** What a colour says. `steady` is a grey: healthy has no colour. */
export type Tone = "steady" | "amber" | "red" | "accent";

/** How many hues there are; slot numbers beyond wrap around. */
export const SLOT_COUNT = 12;

/** A slot number within the palette. */
export function slotIndex(slot: number): number {
  return ((Math.trunc(slot) % SLOT_COUNT) + SLOT_COUNT) % SLOT_COUNT;
}

/** The CSS colour of a slot: `var(--slot-3)`. */
export function slotVar(slot: number): string {
  return `var(--slot-${slotIndex(slot)})`;
}

/** The CSS colour of a tone: `var(--amber)`. */
export function toneVar(tone: Tone): string {
  return `var(--${tone})`;
}

/** Red, green and blue, 0 to 255, of `#rgb`, `#rrggbb` or `rgb(…)`; black for anything else. */
export function parseColour(text: string): readonly [number, number, number] {
  const value = text.trim();
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/iu.exec(value);
  if (long) return [hex(long[1]), hex(long[2]), hex(long[3])];
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/iu.exec(value);
  if (short) return [hex(short[1]) * 17, hex(short[2]) * 17, hex(short[3]) * 17];
  const rgb = /^rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)/u.exec(value);
  return rgb ? [Number(rgb[1]), Number(rgb[2]), Number(rgb[3])] : [0, 0, 0];
}

function hex(digits: string | undefined): number {
  return Number.parseInt(digits ?? "0", 16);
}

/** A colour with so much opacity (0 to 1), for canvases. */
export function withAlpha(text: string, alpha: number): string {
  const [red, green, blue] = parseColour(text);
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

/** The colour a share `t` (0 to 1) of the way between two colours. */
export function mixColours(from: string, to: string, t: number): string {
  const a = parseColour(from);
  const b = parseColour(to);
  const part = (index: 0 | 1 | 2): number => Math.round(a[index] + (b[index] - a[index]) * Math.min(1, Math.max(0, t)));
  return `rgb(${part(0)}, ${part(1)}, ${part(2)})`;
}

/** A small steady number from a text, for slots of things that the server hands none out for (series of a query). */
export function slotOfText(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  return (hash >>> 0) % SLOT_COUNT;
}

// How long to wait before the next try.

const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;

/** Waits double from 1 second to 15, spread by a quarter so that not everybody comes back at once. `chance` is 0 to 1. */
export function backoffMs(attempt: number, chance: number): number {
  const plain = Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LONGEST_MS);
  return Math.round(plain * (0.75 + chance / 2));
}

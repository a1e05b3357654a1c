// How long until something happens, to the second.
import { formatDuration } from "@/lib/units";

/** `in 4m 12s`, `in 8 s`; `now` once it is due. */
export function countdown(at: string, nowMs: number): string {
  const leftMs = Math.ceil((Date.parse(at) - nowMs) / 1000) * 1000;
  return leftMs > 0 ? `in ${formatDuration(leftMs)}` : "now";
}

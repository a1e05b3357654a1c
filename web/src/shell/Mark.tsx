// The mark of Tachograph: a trace with one peak.
import type { ReactElement } from "react";

/** The mark, in the accent. */
export function Mark({ size = 20 }: { readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden focusable="false">
      <rect width="20" height="20" rx="5" fill="var(--accent)" />
      <path d="M3 12.500h3l2-6 3.200 9 2.400-5.500 1 2.500H17" fill="none" stroke="var(--accent-ink)" strokeWidth="1.800" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

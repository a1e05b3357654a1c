// The clock of a page: for "3m ago" and countdowns.
import { useEffect, useState } from "react";

/** The time in Unix milliseconds, a new one every `stepMs`. */
export function useNow(stepMs = 5_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return now;
}

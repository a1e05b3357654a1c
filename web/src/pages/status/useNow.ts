// The clock of the page: for "3m ago".
import { useEffect, useState } from "react";

/** The time in Unix milliseconds, a new one every five seconds. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

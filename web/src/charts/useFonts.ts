// Canvas text drawn before the web font arrives keeps its fallback face; so charts wait for it, a quarter second at most.
import { useEffect, useState } from "react";

const LIMIT_MS = 250;
let ready = false;
let pending: Promise<void> | undefined;

function fonts(): Promise<void> {
  pending ??= Promise.race([
    document.fonts.load('11px "Inter Variable"').then(() => undefined),
    new Promise<void>((done) => {
      window.setTimeout(done, LIMIT_MS);
    }),
  ])
    .catch(() => undefined)
    .then(() => {
      ready = true;
    });
  return pending;
}

/** True once text in canvases has its face. */
export function useFonts(): boolean {
  const [loaded, setLoaded] = useState(ready);
  useEffect(() => {
    if (loaded) return undefined;
    let gone = false;
    void fonts().then(() => {
      if (!gone) setLoaded(true);
    });
    return () => {
      gone = true;
    };
  }, [loaded]);
  return loaded;
}

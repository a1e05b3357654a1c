// The real world for a hub: streams over fetch, the browser's clock and timers.
import type { HubWorld } from "@/live/hub";
import { openStream } from "@/live/stream";

/** Streams, clock and timers of this thread. */
export const realWorld: HubWorld = {
  open: openStream,
  now: () => performance.now(),
  later: (run, ms) => void setTimeout(run, ms),
};

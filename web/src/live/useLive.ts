// Follows a topic of the live stream while a component is there.
import { useEffect, useRef, useState } from "react";
import { followTopic } from "@/live/client";
import type { LiveEvent, LiveState } from "@/live/events";

/** Follows `topic` (`changes`, `logs:QUERY`, `traces:QUERY`); `null` follows nothing. `onEvent` may change between renders. */
export function useLive(topic: string | null, onEvent: (event: LiveEvent) => void): { readonly state: LiveState } {
  const [state, setState] = useState<LiveState>(topic === null ? "off" : "connecting");
  const latest = useRef(onEvent);
  useEffect(() => {
    latest.current = onEvent;
  });
  useEffect(() => {
    if (topic === null) {
      setState("off");
      return undefined;
    }
    setState("connecting");
    return followTopic(topic, { onEvent: (event) => latest.current(event), onState: setState });
  }, [topic]);
  return { state };
}

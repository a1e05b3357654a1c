// The tab's side of live data: who follows which topic.
import { EventSourceParserStream } from "eventsource-parser/stream";
import { addressOf, send } from "@/api/client";
import { readEvent, type LiveEvent, type LiveState } from "@/live/events";

/** Who follows a topic. */
export interface Follower {
  onEvent(event: LiveEvent): void;
  onState(state: LiveState): void;
}

/** Follows a topic until the returned function is called. */
export function followTopic(topic: string, follower: Follower): () => void {
  const stop = new AbortController();
  void run(topic, follower, stop.signal);
  return () => stop.abort();
}

async function run(topic: string, follower: Follower, signal: AbortSignal): Promise<void> {
  let wait = 1000;
  while (!signal.aborted) {
    try {
      const address = addressOf("/api/v1/stream", undefined, { topics: topic });
      const response = await send("GET", address, { signal, accept: "text/event-stream" });
      follower.onState("live");
      wait = 1000;
      const messages = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      const reader = messages?.getReader();
      for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
        const event = readEvent({ event: piece.value.event ?? "message", data: piece.value.data });
        if (event) follower.onEvent(event);
      }
    } catch {
      // Tried again below.
    }
    if (signal.aborted) return;
    follower.onState("lost");
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, 30_000);
  }
}

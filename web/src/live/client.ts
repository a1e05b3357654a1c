// The tab's side of live data: who follows which topic, told to the hub; its messages handed on.
import { suspect } from "@/api/connection";
import { askForToken, onToken, token } from "@/api/token";
import { absolute } from "@/lib/base";
import { readEvent, type LiveEvent, type LiveState } from "@/live/events";
import { openLink, type Link } from "@/live/link";
import { BEAT_MS, type FromHub } from "@/live/protocol";

/** Who follows a topic. */
export interface Follower {
  onEvent(event: LiveEvent): void;
  onState(state: LiveState): void;
}

const followers = new Map<string, Set<Follower>>();
const states = new Map<string, LiveState>();
let link: Link | undefined;
let telling = false;

/** Follows a topic until the returned function is called. */
export function followTopic(topic: string, follower: Follower): () => void {
  const known = followers.get(topic) ?? new Set();
  followers.set(topic, known.add(follower));
  const state = states.get(topic);
  if (state !== undefined) follower.onState(state);
  tellSoon();
  return () => {
    known.delete(follower);
    if (known.size > 0) return;
    followers.delete(topic);
    states.delete(topic);
    tellSoon();
  };
}

/** Components mount and unmount in bursts: the hub hears of the outcome. */
function tellSoon(): void {
  if (telling) return;
  telling = true;
  queueMicrotask(() => {
    telling = false;
    tell();
  });
}

function tell(): void {
  link ??= start();
  link.send({ kind: "follow", topics: [...followers.keys()], base: absolute("").href, token: token() });
}

function start(): Link {
  setInterval(tell, BEAT_MS);
  onToken(tellSoon);
  // A page that is kept for going back says hello again when it is shown.
  window.addEventListener("pagehide", () => link?.send({ kind: "leave" }));
  window.addEventListener("pageshow", (event) => (event.persisted ? tellSoon() : undefined));
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? tellSoon() : undefined));
  return openLink({ onMessage, onFresh: tellSoon });
}

function onMessage(message: FromHub): void {
  if (message.kind === "states") {
    if (message.unauthorized) askForToken();
    for (const [topic, state] of Object.entries(message.states)) changeState(topic, state);
    return;
  }
  for (const { topic, events } of message.batches) {
    for (const wire of events) {
      const event = readEvent(wire);
      if (event) for (const follower of followers.get(topic) ?? []) follower.onEvent(event);
    }
  }
  link?.send({ kind: "ack" });
}

function changeState(topic: string, state: LiveState): void {
  if (!followers.has(topic) || states.get(topic) === state) return;
  states.set(topic, state);
  if (state === "lost") suspect();
  for (const follower of followers.get(topic) ?? []) follower.onState(state);
}

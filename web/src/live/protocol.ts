// What tabs and the hub say to each other. All of it can be cloned, so it passes a MessagePort and a BroadcastChannel.
import type { LiveState, WireEvent } from "@/live/events";

/** From a tab: the whole set of topics it follows (also its sign of life), that it has read a delivery, or that it goes. */
export type ToHub =
  | { readonly kind: "follow"; readonly topics: readonly string[]; readonly base: string; readonly token?: string | undefined }
  | { readonly kind: "ack" }
  | { readonly kind: "leave" };

/** Messages of one topic. */
export interface Batch {
  readonly topic: string;
  readonly events: readonly WireEvent[];
}

/** To a tab: how its topics fare, or messages. `unauthorized` is a state of the whole hub: the server wants a token. */
export type FromHub =
  | { readonly kind: "states"; readonly states: Readonly<Record<string, LiveState>>; readonly unauthorized: boolean }
  | { readonly kind: "events"; readonly batches: readonly Batch[] };

/** A tab says that it is there this often; a hidden tab's timers run once a minute at worst. */
export const BEAT_MS = 20_000;
/** A tab that was silent for so long is gone. */
export const GONE_MS = 150_000;

/** Whether something that came through a port is a message to the hub. */
export function isToHub(value: unknown): value is ToHub {
  return typeof value === "object" && value !== null && "kind" in value && ["follow", "ack", "leave"].includes(String(value.kind));
}

/** Whether something that came through a port is a message of the hub. */
export function isFromHub(value: unknown): value is FromHub {
  return typeof value === "object" && value !== null && "kind" in value && ["states", "events"].includes(String(value.kind));
}

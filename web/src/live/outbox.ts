// What waits for one tab: bounded, and sent only when the tab has read what was sent before. A tab that sleeps costs
// nothing, and is told how much it missed.
import type { WireEvent } from "@/live/events";
import type { Batch } from "@/live/protocol";

/** Messages of a topic that wait for a tab. */
const WAITING_MAX = 1_000;

interface Waiting {
  events: WireEvent[];
  dropped: number;
}

/** The messages that wait for one tab. */
export class Outbox {
  readonly #waiting = new Map<string, Waiting>();
  #unread = false;

  /** Adds a message; the oldest of the topic goes where there is no room. */
  add(topic: string, event: WireEvent): void {
    const waiting = this.#waiting.get(topic) ?? { events: [], dropped: 0 };
    this.#waiting.set(topic, waiting);
    waiting.events.push(event);
    if (waiting.events.length <= WAITING_MAX) return;
    // Half at once: shifting one by one would cost as much for every message.
    const gone = waiting.events.length - WAITING_MAX / 2;
    waiting.events = waiting.events.slice(gone);
    waiting.dropped += gone;
  }

  /** What to send now; `undefined` while nothing waits, or what was sent is unread. */
  take(): readonly Batch[] | undefined {
    if (this.#unread || this.#waiting.size === 0) return undefined;
    this.#unread = true;
    const batches = [...this.#waiting].map(([topic, { events, dropped }]) => ({
      topic,
      events: dropped === 0 ? events : [{ event: "lost", data: JSON.stringify({ topic, count: dropped }) }, ...events],
    }));
    this.#waiting.clear();
    return batches;
  }

  /** The tab has read what was sent. */
  read(): void {
    this.#unread = false;
  }

  /** Forgets what waits of topics that are not followed any more. */
  keepOnly(topics: ReadonlySet<string>): void {
    for (const topic of this.#waiting.keys()) if (!topics.has(topic)) this.#waiting.delete(topic);
  }
}

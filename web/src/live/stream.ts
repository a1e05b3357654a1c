// One stream of server-sent events: fetch, so that a token can go with it; comes back by itself with Last-Event-ID.
import { createParser } from "eventsource-parser";
import { backoffMs } from "@/lib/backoff";

/** What a stream tells its owner. */
export interface StreamHandlers {
  /** It is open: from now on nothing is missed. */
  onOpen(): void;
  onMessage(event: string, data: string, id: string | undefined): void;
  /** It broke and will try again. */
  onLost(): void;
  /** The server does not take these topics (400, 403, 404, 501), or wants a token (401). It is over. */
  onRefused(status: number): void;
}

/** How a stream is opened. */
export interface StreamTarget {
  /** URL of the base. */
  readonly base: string;
  readonly topics: readonly string[];
  readonly token?: string | undefined;
}

/** The server sends a comment every 15 seconds: silence for so long means that the connection is dead. */
const SILENCE_MS = 40_000;
/** Answers that trying again does not change. */
const FINAL = new Set([400, 401, 403, 404, 501]);

/** Opens a stream; the returned function closes it. */
export function openStream(target: StreamTarget, handlers: StreamHandlers): () => void {
  const stop = new AbortController();
  void keepOpen(target, handlers, stop.signal);
  return () => stop.abort();
}

async function keepOpen(target: StreamTarget, handlers: StreamHandlers, stop: AbortSignal): Promise<void> {
  let last: string | undefined;
  let attempt = 0;
  while (!stop.aborted) {
    try {
      const refused = await readOnce(target, last, stop, {
        ...handlers,
        onOpen: () => {
          const again = attempt > 0;
          attempt = 0;
          handlers.onOpen();
          // Without an id the server cannot know what was missed meanwhile.
          if (again && last === undefined) handlers.onMessage("lost", "{}", undefined);
        },
        onMessage: (event, data, id) => {
          last = id ?? last;
          handlers.onMessage(event, data, id);
        },
      });
      if (refused !== undefined && !stop.aborted) {
        handlers.onRefused(refused);
        return;
      }
    } catch {
      // No connection, or it broke: tried again below.
    }
    if (stop.aborted) return;
    handlers.onLost();
    await pause(backoffMs(attempt, Math.random()), stop);
    attempt += 1;
  }
}

/** Reads until the stream ends; a status if the server refuses it for good. */
async function readOnce(target: StreamTarget, last: string | undefined, stop: AbortSignal, handlers: StreamHandlers): Promise<number | undefined> {
  const url = new URL("api/v1/stream", target.base);
  url.searchParams.set("topics", target.topics.join(","));
  const headers = new Headers({ Accept: "text/event-stream" });
  if (target.token !== undefined) headers.set("Authorization", `Bearer ${target.token}`);
  if (last !== undefined) headers.set("Last-Event-ID", last);
  const quiet = new AbortController();
  const response = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.any([stop, quiet.signal]) });
  if (!response.ok || response.body === null) return FINAL.has(response.status) ? response.status : undefined;
  handlers.onOpen();
  let alarm = setTimeout(() => quiet.abort(), SILENCE_MS);
  const parser = createParser({ onEvent: ({ event, data, id }) => handlers.onMessage(event ?? "message", data, id) });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(alarm);
      alarm = setTimeout(() => quiet.abort(), SILENCE_MS);
      parser.feed(piece.value);
    }
  } finally {
    clearTimeout(alarm);
  }
  return undefined;
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

// How a tab reaches the hub: a SharedWorker; without one, whichever tab holds a lock leads and the others speak to it
// over a BroadcastChannel; without that, a hub of its own.
import { Hub, type HubPort } from "@/live/hub";
import { isFromHub, isToHub, type FromHub, type ToHub } from "@/live/protocol";
import { realWorld } from "@/live/world";

/** A tab's way to the hub. */
export interface Link {
  send(message: ToHub): void;
}

interface Handlers {
  onMessage(message: FromHub): void;
  /** A new hub has come up, which knows nobody: say again what is followed. */
  onFresh(): void;
}

const NAME = "tacho-live";

/** The best link that this browser has. */
export function openLink(handlers: Handlers): Link {
  return workerLink(handlers) ?? leaderLink(handlers) ?? ownLink(handlers);
}

function workerLink({ onMessage }: Handlers): Link | undefined {
  if (typeof SharedWorker === "undefined") return undefined;
  try {
    const { port } = new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module", name: NAME });
    port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (isFromHub(data)) onMessage(data);
    });
    port.start();
    return { send: (message) => port.postMessage(message) };
  } catch {
    return undefined;
  }
}

function ownLink({ onMessage }: Handlers): Link {
  const hub = new Hub(realWorld);
  const port: HubPort = { post: onMessage };
  return { send: (message) => hub.receive(port, message) };
}

interface Envelope {
  /** Which tab it is from or for; absent: a new leader greets everybody. */
  readonly tab?: string;
  readonly message?: unknown;
}

function isEnvelope(value: unknown): value is Envelope {
  return typeof value === "object" && value !== null;
}

function leaderLink(handlers: Handlers): Link | undefined {
  if (typeof BroadcastChannel === "undefined" || !("locks" in navigator)) return undefined;
  const channel = new BroadcastChannel(NAME);
  const me = crypto.randomUUID();
  let hub: Hub | undefined;
  const own: HubPort = { post: handlers.onMessage };
  const others = new Map<string, HubPort>();
  const portOf = (tab: string): HubPort => {
    const known = others.get(tab);
    if (known) return known;
    const port: HubPort = { post: (message) => channel.postMessage({ tab, message } satisfies Envelope) };
    others.set(tab, port);
    return port;
  };
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (!isEnvelope(data)) return;
    if (data.tab === undefined) handlers.onFresh();
    else if (hub && isToHub(data.message)) {
      hub.receive(portOf(data.tab), data.message);
      if (data.message.kind === "leave") others.delete(data.tab);
    } else if (data.tab === me && isFromHub(data.message)) handlers.onMessage(data.message);
  });
  // Held until the tab closes: then the next in line leads.
  void navigator.locks.request(NAME, async () => {
    hub = new Hub(realWorld);
    channel.postMessage({} satisfies Envelope);
    handlers.onFresh();
    await new Promise<never>(() => undefined);
  });
  return {
    send: (message) => {
      if (hub) hub.receive(own, message);
      else channel.postMessage({ tab: me, message } satisfies Envelope);
    },
  };
}

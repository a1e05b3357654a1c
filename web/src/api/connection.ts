// Whether the server can be reached, as the calls see it. The banner and the retry of queries listen.

/** How the connection fares. `since` is the time of the first failure, Unix milliseconds. */
export type Connection =
  | { readonly state: "up" }
  | { readonly state: "down"; readonly since: number }
  | { readonly state: "starting"; readonly since: number; readonly message: string };

const UP: Connection = { state: "up" };
const listeners = new Set<() => void>();
let now: Connection = UP;

function become(next: Connection): void {
  if (next.state === now.state && (next.state !== "starting" || now.state !== "starting" || next.message === now.message)) return;
  now = next;
  for (const listener of listeners) listener();
}

function since(): number {
  return now.state === "up" ? Date.now() : now.since;
}

/** The connection at this moment. */
export function connection(): Connection {
  return now;
}

/** A call was answered. */
export function noteUp(): void {
  become(UP);
}

/** A call got no answer. */
export function noteDown(): void {
  become({ state: "down", since: since() });
}

/** The server answers, but not queries yet. */
export function noteStarting(message: string): void {
  become({ state: "starting", since: since(), message });
}

/** Calls back at every change. */
export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

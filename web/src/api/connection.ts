// Whether the server can be reached and answers queries. Whoever sees a failure says so; /ready decides, and is asked
// again and again until it is well.
import { absolute } from "@/lib/base";
import { backoffMs } from "@/lib/backoff";

/** How the connection fares. `since` and `nextTryAt` are Unix milliseconds; `progress` is 0 to 1. */
export type Connection =
  | { readonly state: "up" }
  | { readonly state: "down"; readonly since: number; readonly nextTryAt: number }
  | { readonly state: "starting"; readonly since: number; readonly nextTryAt: number; readonly word: string; readonly progress?: number };

type Found = { readonly state: "up" } | { readonly state: "down" } | { readonly state: "starting"; readonly word: string; readonly progress?: number };

const ANSWER_MS = 5_000;
const STARTING_MS = 1_000;
const listeners = new Set<() => void>();
let now: Connection = { state: "up" };
let asking = false;
let wake: (() => void) | undefined;

function become(next: Connection): void {
  if (next.state === "up" && now.state === "up") return;
  now = next;
  for (const listener of listeners) listener();
}

/** The connection at this moment. */
export function connection(): Connection {
  return now;
}

/** Calls back at every change. */
export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Something failed that a lost connection or a starting server would explain: find out. */
export function suspect(): void {
  if (asking) return;
  asking = true;
  void askUntilUp();
}

/** Asks at once instead of waiting on. */
export function tryNow(): void {
  wake?.();
}

/** A call was answered: whoever waits need not wait on. */
export function noteAnswer(): void {
  if (now.state !== "up") wake?.();
}

async function askUntilUp(): Promise<void> {
  const since = Date.now();
  for (let attempt = 0; ; attempt += 1) {
    const found = await askReady();
    if (found.state === "up") break;
    const waitMs = found.state === "starting" ? STARTING_MS : backoffMs(attempt, Math.random());
    become({ ...found, since, nextTryAt: Date.now() + waitMs });
    await sleep(waitMs);
  }
  asking = false;
  become({ state: "up" });
}

async function sleep(ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  wake = undefined;
}

async function askReady(): Promise<Found> {
  try {
    const response = await fetch(absolute("ready"), { signal: AbortSignal.timeout(ANSWER_MS), cache: "no-store" });
    if (response.ok) return { state: "up" };
    return startingOf(await response.json());
  } catch {
    return { state: "down" };
  }
}

/** What /ready says while it is not; anything else is not our server: a proxy that finds nobody. */
function startingOf(body: unknown): Found {
  if (typeof body !== "object" || body === null || !("status" in body) || typeof body.status !== "string") return { state: "down" };
  const progress = "progress" in body && typeof body.progress === "number" ? { progress: body.progress } : {};
  return { state: "starting", word: body.status, ...progress };
}

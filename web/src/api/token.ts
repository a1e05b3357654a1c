// The bearer token: kept for this tab, or for good where the user asked for that. Who listens hears of every change.
import { remember, remembered } from "@/lib/storage";

const NAME = "token";
const listeners = new Set<() => void>();
let needed = false;

/** The token in use, if there is one. */
export function token(): string | undefined {
  return remembered(NAME, "session") ?? remembered(NAME, "local");
}

/** Takes a token into use; `forGood` keeps it beyond the tab. */
export function setToken(value: string | undefined, forGood = false): void {
  remember(NAME, forGood ? undefined : value, "session");
  remember(NAME, forGood ? value : undefined, "local");
  needed = false;
  for (const listener of listeners) listener();
}

/** Whether the server has asked for a token, or for another one. */
export function tokenNeeded(): boolean {
  return needed;
}

/** The server answered 401: somebody has to sign in. */
export function askForToken(): void {
  if (needed) return;
  needed = true;
  for (const listener of listeners) listener();
}

/** Calls back at every change of the token or of the need for one. */
export function onToken(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

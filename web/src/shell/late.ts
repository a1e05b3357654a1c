// Parts that load when they are needed. One that does not come must not take the page with it: it is tried again, and at
// last the user is told.
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import { backoffMs } from "@/lib/backoff";
import { toast } from "@/shell/toast";

const TRIES = 3;

/** A component that loads late. In place of one that cannot be had, nothing is shown. */
export function late<P>(load: () => Promise<ComponentType<P>>): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => ({ default: await tryToLoad(load) }));
}

async function tryToLoad<P>(load: () => Promise<ComponentType<P>>): Promise<ComponentType<P>> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt, 0) / 2));
    }
  }
  toast("A part of the page could not be loaded. Load the page again", "failed");
  return () => null;
}

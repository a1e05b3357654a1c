// The list of lines for a request. While a new one loads the old one stays, so that nothing flickers.
import { useEffect, useState } from "react";
import { LineStore } from "@/lib/logs/lineStore";
import { pagesOf, type ListRequest } from "./fetchLines";

/** Pages that are read at most to find the anchor among records of its very instant. */
const BURST_PAGES = 12;

/** A list that is open: its first pages are there. */
export interface OpenList {
  readonly store: LineStore;
  readonly request: ListRequest;
  /** Where the anchor is, or -1: it is not among what matches. */
  readonly anchorAt: number;
}

async function open(request: ListRequest, store: LineStore): Promise<OpenList> {
  await store.grow("down");
  const { anchor } = request;
  if (anchor === undefined) return { store, request, anchorAt: -1 };
  for (let page = 0; page < BURST_PAGES && store.find(anchor.id) < 0 && store.view().more.down && isStill(store, anchor.timestamp); page += 1) {
    await store.grow("down");
  }
  await store.grow("up");
  return { store, request, anchorAt: store.find(anchor.id) };
}

/** Whether the last line is still of the anchor's instant. */
function isStill(store: LineStore, timestamp: string): boolean {
  return store.line(store.view().count - 1)?.timestamp === timestamp;
}

/** The open list and whether a newer one is being loaded; undefined at first, and while `request` is. */
export function useLineStore(request: ListRequest | undefined): { readonly list: OpenList | undefined; readonly loading: boolean } {
  const [list, setList] = useState<OpenList>();
  useEffect(() => {
    if (request === undefined) return undefined;
    const store = new LineStore(pagesOf(request), { up: request.anchor !== undefined, down: true });
    let left = false;
    void open(request, store).then((opened) => {
      if (!left) setList(opened);
    });
    return () => {
      left = true;
      // The list that is shown goes on until the next one is there.
      setList((shown) => {
        if (shown?.store !== store) store.close();
        return shown;
      });
    };
  }, [request]);
  useEffect(() => () => list?.store.close(), [list]);
  return { list, loading: request !== undefined && list?.request !== request };
}

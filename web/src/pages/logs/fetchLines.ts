// Where the pages of the list come from: the API, in both directions from an anchor.
import { api } from "@/api/client";
import { nanosOf, nanosText } from "@/lib/logs/instant";
import { linesOf } from "@/lib/logs/line";
import type { ConditionParams } from "@/lib/logs/conditions";
import type { FetchPage, Side } from "@/lib/logs/lineStore";

/** A record around which a list is opened. */
export interface Anchor {
  readonly id: string;
  readonly timestamp: string;
  /** Where it is put: in the middle, or so many pixels from the top. */
  readonly place: "center" | "start";
}

/** What a list shows. */
export interface ListRequest {
  readonly params: ConditionParams;
  /** RFC 3339. */
  readonly start: string;
  readonly end: string;
  readonly order: "newest" | "oldest";
  readonly anchor: Anchor | undefined;
}

const FIRST_PAGE = 200;
const PAGE = 1000;

/** Whether a time lies within a range. */
export function within(timestamp: string, start: string, end: string): boolean {
  const [at, from, to] = [nanosOf(timestamp), nanosOf(start), nanosOf(end)];
  return at !== undefined && from !== undefined && to !== undefined && at >= from && at < to;
}

function spanOf({ start, end, order, anchor }: ListRequest, side: Side): { readonly start: string; readonly end: string } {
  if (anchor === undefined) return { start, end };
  // The anchor's own instant belongs to the lower half, where it is found however many records share its time.
  const pivot = nanosText(anchor.timestamp, order === "newest" ? 1 : 0);
  return (order === "newest") === (side === "down") ? { start, end: pivot } : { start: pivot, end };
}

/** A source of pages for a request. */
export function pagesOf(request: ListRequest): FetchPage {
  return async (side, cursor, signal) => {
    const newest = (request.order === "newest") === (side === "down");
    const answer = await api.get("/api/v1/logs", {
      query: {
        ...request.params, ...spanOf(request, side), order: newest ? "newest" : "oldest", values: "preview",
        limit: cursor === undefined ? FIRST_PAGE : PAGE, cursor,
      },
      signal,
    });
    const lines = linesOf(answer);
    return { lines: side === "up" ? lines.toReversed() : lines, next: answer.nextCursor };
  };
}

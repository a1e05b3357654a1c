// The lines of a list that grows in both directions by pages: at most so many are held; pages far from view are let go
// and fetched again when they come back into view. No React, no network: pages come from a function.
import type { Line } from "@/lib/logs/line";

/** In which direction of the list a page lies, from where the list was opened. */
export type Side = "up" | "down";

/** A page as it was fetched, in the order of the list; `next` leads further in the same direction. */
export interface FetchedPage {
  readonly lines: readonly Line[];
  readonly next: string | undefined;
}

/** Gives a page: the first of its side without a cursor. */
export type FetchPage = (side: Side, cursor: string | undefined, signal: AbortSignal) => Promise<FetchedPage>;

interface Page {
  readonly side: Side;
  readonly cursor: string | undefined;
  readonly count: number;
  readonly lines: readonly Line[] | undefined;
}

/** What the list shows at a moment. A new object after every change. */
export interface LinesView {
  readonly count: number;
  /** Lines in memory. */
  readonly held: number;
  /** Whether there may be more in a direction. */
  readonly more: Readonly<Record<Side, boolean>>;
  readonly busy: Readonly<Record<Side, boolean>>;
  /** The last failure of a direction; the next try takes it away. */
  readonly error: unknown;
  /** How many lines came in above since the list was opened: where the first one of then is now. */
  readonly above: number;
}

/** Lines that are held at most. */
export const LINES_MAX = 100_000;

interface Edge {
  next: string | undefined;
  more: boolean;
  busy: boolean;
}

/** A list of lines. `sides` says in which directions there is anything to fetch. */
export class LineStore {
  private pages: Page[] = [];
  private starts: number[] = [0];
  private readonly edges: Record<Side, Edge>;
  private refetching = new Set<Page>();
  private above = 0;
  private error: unknown;
  private readonly stop = new AbortController();
  private readonly listeners = new Set<() => void>();
  private current: LinesView;

  constructor(
    private readonly fetchPage: FetchPage,
    sides: Readonly<Record<Side, boolean>>,
    private readonly most = LINES_MAX,
  ) {
    this.edges = { up: { next: undefined, more: sides.up, busy: false }, down: { next: undefined, more: sides.down, busy: false } };
    this.current = this.makeView();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly view = (): LinesView => this.current;

  /** Ends all fetching; nothing changes any more. */
  close(): void {
    this.stop.abort();
    this.listeners.clear();
  }

  /** The line at a place; undefined where its page was let go. */
  line(index: number): Line | undefined {
    const at = this.pageAt(index);
    return this.pages[at]?.lines?.[index - (this.starts[at] ?? 0)];
  }

  /** The place of a record among the lines in memory, or -1. */
  find(id: string): number {
    for (const [at, page] of this.pages.entries()) {
      const inside = page.lines?.findIndex((line) => line.id === id) ?? -1;
      if (inside >= 0) return (this.starts[at] ?? 0) + inside;
    }
    return -1;
  }

  /** Fetches the next page of a direction, unless that is under way or there is none. */
  async grow(side: Side): Promise<void> {
    const edge = this.edges[side];
    if (!edge.more || edge.busy || this.stop.signal.aborted) return;
    edge.busy = true;
    this.error = undefined;
    this.changed();
    try {
      const cursor = edge.next;
      const { lines, next } = await this.fetchPage(side, cursor, this.stop.signal);
      edge.next = next;
      edge.more = next !== undefined;
      const page: Page = { side, cursor, count: lines.length, lines };
      if (lines.length > 0) this.pages = side === "up" ? [page, ...this.pages] : [...this.pages, page];
      if (side === "up") this.above += lines.length;
      this.settle(side === "up" ? 0 : this.pages.length - 1);
    } catch (error) {
      if (!this.stop.signal.aborted) this.error = error;
    }
    edge.busy = false;
    this.changed();
  }

  /** Tells which lines are in view: pages that were let go come back, pages far away may go. */
  show(first: number, last: number): void {
    const from = this.pageAt(first);
    const to = this.pageAt(last);
    for (let at = from; at <= to; at += 1) {
      const page = this.pages[at];
      if (page !== undefined && page.lines === undefined) void this.bringBack(page);
    }
  }

  private async bringBack(page: Page): Promise<void> {
    if (this.refetching.has(page)) return;
    this.refetching.add(page);
    try {
      const { lines } = await this.fetchPage(page.side, page.cursor, this.stop.signal);
      const at = this.pages.indexOf(page);
      if (at >= 0) {
        // Deleted or late records change a page's length; its place in the list stays.
        this.pages[at] = { ...page, count: lines.length, lines };
        this.settle(at);
      }
    } catch (error) {
      if (!this.stop.signal.aborted) this.error = error;
    }
    this.refetching.delete(page);
    this.changed();
  }

  /** Counts anew, and lets go what is farthest from page `near` while too much is held. */
  private settle(near: number): void {
    let held = this.pages.reduce((sum, page) => sum + (page.lines?.length ?? 0), 0);
    let low = 0;
    let high = this.pages.length - 1;
    while (held > this.most && low < high) {
      const far = near - low >= high - near ? low : high;
      const page = this.pages[far];
      if (page !== undefined) {
        held -= page.lines?.length ?? 0;
        this.pages[far] = { ...page, lines: undefined };
      }
      if (far === low) low += 1;
      else high -= 1;
    }
    this.starts = [];
    let start = 0;
    for (const page of this.pages) {
      this.starts.push(start);
      start += page.count;
    }
  }

  private pageAt(index: number): number {
    let low = 0;
    let high = this.pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private makeView(): LinesView {
    const { up, down } = this.edges;
    return {
      count: this.pages.reduce((sum, page) => sum + page.count, 0),
      held: this.pages.reduce((sum, page) => sum + (page.lines?.length ?? 0), 0),
      more: { up: up.more, down: down.more },
      busy: { up: up.busy, down: down.busy },
      error: this.error,
      above: this.above,
    };
  }

  private changed(): void {
    if (this.stop.signal.aborted) return;
    this.current = this.makeView();
    for (const listener of this.listeners) listener();
  }
}

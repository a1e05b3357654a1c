// The lines of a live tail: a bounded ring, what waits while the reader looks back, how fast lines come, what was lost.
import type { Line } from "@/lib/logs/line";

/** Lines that are kept at most; those that wait are bounded by the same figure. */
export const TAIL_MAX = 10_000;
/** The ring is cut when it is this much too long, so that cutting is rare. */
const SLACK = 1000;
/** Seconds that the rate looks back on. */
const RATE_SECONDS = 10;

/** What a tail shows at a moment. A new object after every change. */
export interface TailView {
  readonly lines: readonly Line[];
  /** Lines that came while the reader looked back. */
  readonly waiting: number;
  /** Lines cut off at the top since the last view, for keeping the place. */
  readonly cut: number;
  /** Lines of the server's that never arrived; `unknown` if at one time nobody knew how many. */
  readonly lost: number;
  readonly lostUnknown: boolean;
  /** Lines that arrived, and were let go again unseen. */
  readonly dropped: number;
}

/** Collects lines between two frames. Not a React state: `take` is called by every message. */
export class Tail {
  private lines: readonly Line[] = [];
  private fresh: Line[] = [];
  private waiting: Line[] = [];
  private lost = 0;
  private lostUnknown = false;
  private dropped = 0;
  private held = false;
  private readonly seconds = new Map<number, number>();

  constructor(private readonly most = TAIL_MAX) {}

  /** A line arrived. */
  take(line: Line, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    this.seconds.set(second, (this.seconds.get(second) ?? 0) + 1);
    if (this.seconds.size > RATE_SECONDS + 2) this.forget(second);
    this.fresh.push(line);
    // Nothing is drawn while the tab is hidden: what waits for a frame is bounded, too.
    if (this.fresh.length > this.most + SLACK) {
      this.dropped += this.fresh.length - this.most;
      this.fresh = this.fresh.slice(-this.most);
    }
  }

  /** Lines that were there before the tail began; those that it has already are left out. */
  seed(earlier: readonly Line[]): void {
    const known = new Set([...this.lines, ...this.fresh].map((line) => line.id));
    this.lines = [...earlier.filter((line) => !known.has(line.id)), ...this.lines];
  }

  /** Lines were lost on the way. */
  lose(count: number | undefined): void {
    if (count === undefined) this.lostUnknown = true;
    else this.lost += count;
  }

  /** Holds lines back while the reader looks at earlier ones. */
  hold(on: boolean): void {
    this.held = on;
  }

  /** Takes what arrived into what is shown, or into what waits. */
  frame(): TailView {
    let cut = 0;
    if (this.held) {
      this.waiting = [...this.waiting, ...this.fresh];
      if (this.waiting.length > this.most) {
        this.dropped += this.waiting.length - this.most;
        this.waiting = this.waiting.slice(-this.most);
      }
    } else if (this.waiting.length + this.fresh.length > 0) {
      const all = [...this.lines, ...this.waiting, ...this.fresh];
      cut = all.length > this.most + SLACK ? all.length - this.most : 0;
      this.lines = cut > 0 ? all.slice(cut) : all;
      this.waiting = [];
    }
    this.fresh = [];
    return { lines: this.lines, waiting: this.waiting.length, cut, lost: this.lost, lostUnknown: this.lostUnknown, dropped: this.dropped };
  }

  /** Takes all lines away; what was lost stays said. */
  clear(): void {
    this.lines = [];
    this.fresh = [];
    this.waiting = [];
  }

  /** Lines a second over the last ten whole seconds. */
  rate(nowMs: number): number {
    const now = Math.floor(nowMs / 1000);
    let sum = 0;
    for (const [second, count] of this.seconds) if (second < now && second >= now - RATE_SECONDS) sum += count;
    return sum / RATE_SECONDS;
  }

  private forget(second: number): void {
    for (const old of this.seconds.keys()) if (old < second - RATE_SECONDS) this.seconds.delete(old);
  }
}

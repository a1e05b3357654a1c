// The hub: unites the topics of all tabs into few streams and hands each message to whoever follows its topic. Runs in a
// SharedWorker, in the tab that leads, or in a tab of its own; its streams and timers are passed in.
import type { LiveState } from "@/live/events";
import { Outbox } from "@/live/outbox";
import { planStreams, topicOf } from "@/live/plan";
import { GONE_MS, type FromHub, type ToHub } from "@/live/protocol";
import type { StreamHandlers, StreamTarget } from "@/live/stream";

/** What the hub needs of the world. */
export interface HubWorld {
  open(target: StreamTarget, handlers: StreamHandlers): () => void;
  /** Milliseconds of a clock that does not jump. */
  now(): number;
  later(run: () => void, ms: number): void;
}

/** A tab as the hub sees it. */
export interface HubPort {
  post(message: FromHub): void;
}

interface Tab {
  readonly port: HubPort;
  readonly outbox: Outbox;
  topics: ReadonlySet<string>;
  token: string | undefined;
  seenAt: number;
}

interface Stream {
  readonly topics: readonly string[];
  state: LiveState;
  /** Replaced by another one: goes as soon as that one is open. */
  retired: boolean;
  close: () => void;
}

/** Tabs come and go in bursts; streams are planned once a burst is over. */
const PLAN_MS = 60;
/** Messages are handed on in batches. */
const FLUSH_MS = 100;
/** Messages remembered while two streams overlap, so that none comes twice. */
const RECENT_MAX = 512;
const SWEEP_MS = 30_000;

/** Unites topics of tabs into streams. */
export class Hub {
  readonly #world: HubWorld;
  readonly #tabs = new Map<HubPort, Tab>();
  #streams: Stream[] = [];
  /** Topics that the server has taken, and those that it has refused. */
  readonly #taken = new Set<string>();
  readonly #refused = new Set<string>();
  #target = { base: "", token: undefined as string | undefined };
  #unauthorized = false;
  #planned = false;
  #flushing = false;
  #sweeping = false;
  #recent = new Set<string>();

  constructor(world: HubWorld) {
    this.#world = world;
  }

  /** A message of a tab; the first one makes it known. */
  receive(port: HubPort, message: ToHub): void {
    const tab = this.#tabs.get(port);
    if (message.kind === "leave") {
      if (this.#tabs.delete(port)) this.#planSoon();
      return;
    }
    if (tab) tab.seenAt = this.#world.now();
    if (message.kind === "ack") {
      tab?.outbox.read();
      this.#flushSoon();
      return;
    }
    this.#follow(port, tab, message);
  }

  #follow(port: HubPort, known: Tab | undefined, message: ToHub & { kind: "follow" }): void {
    const tab = known ?? { port, outbox: new Outbox(), topics: new Set<string>(), token: message.token, seenAt: this.#world.now() };
    tab.token = message.token;
    this.#tabs.set(port, tab);
    if (this.#isStale(message)) this.#retarget(message);
    const topics = new Set(message.topics);
    const changed = known === undefined || topics.size !== tab.topics.size || [...topics].some((topic) => !tab.topics.has(topic));
    tab.topics = topics;
    tab.outbox.keepOnly(topics);
    this.#sweepLater();
    if (changed) this.#planSoon();
  }

  /** A tab that was opened without the token of the others must not take the stream from them. */
  #isStale({ base, token }: ToHub & { kind: "follow" }): boolean {
    if (base !== this.#target.base) return true;
    if (token === this.#target.token) return false;
    return this.#unauthorized || ![...this.#tabs.values()].some((tab) => tab.token === this.#target.token);
  }

  /** Another token or base: everything is opened again. */
  #retarget({ base, token }: ToHub & { kind: "follow" }): void {
    this.#target = { base, token };
    this.#unauthorized = false;
    this.#refused.clear();
    for (const stream of this.#streams) stream.close();
    this.#streams = [];
    this.#planSoon();
  }

  #planSoon(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#world.later(() => {
      this.#planned = false;
      this.#plan();
    }, PLAN_MS);
  }

  #wanted(): readonly string[] {
    const all = new Set([...this.#tabs.values()].flatMap((tab) => [...tab.topics]));
    // What nobody asks for any more may be tried again when somebody does.
    for (const topic of this.#refused) if (!all.has(topic)) this.#refused.delete(topic);
    for (const topic of this.#taken) if (!all.has(topic)) this.#taken.delete(topic);
    return [...all].filter((topic) => !this.#refused.has(topic));
  }

  #plan(): void {
    const wanted = this.#unauthorized ? [] : this.#wanted();
    const active = this.#streams.filter((stream) => !stream.retired);
    const groups = planStreams(wanted, active.map((stream) => stream.topics));
    const same = (stream: Stream, group: readonly string[]): boolean => stream.topics.join("\n") === group.join("\n");
    for (const stream of active) if (!groups.some((group) => same(stream, group))) stream.retired = true;
    for (const group of groups) {
      const fitting = this.#streams.find((stream) => same(stream, group));
      if (fitting) fitting.retired = false;
      else this.#open(group);
    }
    this.#dropRetired();
    this.#tellStates();
  }

  #open(topics: readonly string[]): void {
    const stream: Stream = { topics, state: "connecting", retired: false, close: () => undefined };
    this.#streams.push(stream);
    const change = (state: LiveState): void => {
      stream.state = state;
      this.#dropRetired();
      this.#tellStates();
    };
    stream.close = this.#world.open({ ...this.#target, topics }, {
      onOpen: () => {
        for (const topic of topics) this.#taken.add(topic);
        change("live");
      },
      onLost: () => change("lost"),
      onRefused: (status) => this.#onRefused(stream, status),
      onMessage: (event, data, id) => this.#onMessage(stream, event, data, id),
    });
  }

  /** Retired streams go when every topic of theirs that is still wanted is live elsewhere. */
  #dropRetired(): void {
    const live = new Set(this.#streams.filter((one) => !one.retired && one.state !== "connecting").flatMap((one) => [...one.topics]));
    const planned = new Set(this.#streams.filter((one) => !one.retired).flatMap((one) => [...one.topics]));
    this.#streams = this.#streams.filter((stream) => {
      if (!stream.retired || stream.topics.some((topic) => planned.has(topic) && !live.has(topic))) return true;
      stream.close();
      return false;
    });
    if (!this.#streams.some((stream) => stream.retired)) this.#recent.clear();
  }

  /** One wrong query must not cost the others their stream: topics that were never taken are tried alone. */
  #onRefused(stream: Stream, status: number): void {
    stream.close();
    this.#streams = this.#streams.filter((one) => one !== stream);
    if (status === 401) {
      this.#unauthorized = true;
      for (const one of this.#streams) one.close();
      this.#streams = [];
      this.#tellStates();
      return;
    }
    const doubtful = stream.topics.filter((topic) => !this.#taken.has(topic));
    const [only, ...more] = doubtful;
    if (only !== undefined && more.length === 0) this.#refused.add(only);
    else if (only === undefined) for (const topic of stream.topics) this.#refused.add(topic);
    else for (const topic of doubtful) this.#tryAlone(topic);
    this.#planSoon();
  }

  #tryAlone(topic: string): void {
    this.#refused.add(topic);
    const close = this.#world.open({ ...this.#target, topics: [topic] }, {
      onOpen: () => {
        close();
        this.#taken.add(topic);
        this.#refused.delete(topic);
        this.#planSoon();
      },
      onLost: () => close(),
      onRefused: () => {
        close();
        this.#tellStates();
      },
      onMessage: () => undefined,
    });
  }

  #onMessage(stream: Stream, event: string, data: string, id: string | undefined): void {
    if (this.#streams.some((one) => one.retired) && event !== "lost") {
      const key = `${event} ${data}`;
      if (this.#recent.has(key)) return;
      if (this.#recent.size >= RECENT_MAX) this.#recent.clear();
      this.#recent.add(key);
    }
    const topic = topicOf(event, id, stream.topics);
    if (topic === "none") return;
    for (const one of topic === undefined ? stream.topics : [topic]) {
      for (const tab of this.#tabs.values()) if (tab.topics.has(one)) tab.outbox.add(one, { event, data });
    }
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#world.later(() => {
      this.#flushing = false;
      for (const tab of this.#tabs.values()) {
        const batches = tab.outbox.take();
        if (batches) tab.port.post({ kind: "events", batches });
      }
    }, FLUSH_MS);
  }

  #stateOf(topic: string): LiveState {
    const states = this.#streams.filter((stream) => stream.topics.includes(topic)).map((stream) => stream.state);
    if (states.includes("live")) return "live";
    return states[0] ?? (this.#planned && !this.#refused.has(topic) ? "connecting" : "off");
  }

  #tellStates(): void {
    for (const tab of this.#tabs.values()) {
      const states = Object.fromEntries([...tab.topics].map((topic) => [topic, this.#stateOf(topic)]));
      tab.port.post({ kind: "states", states, unauthorized: this.#unauthorized && tab.token === this.#target.token });
    }
  }

  #sweepLater(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#world.later(() => {
      this.#sweeping = false;
      const gone = [...this.#tabs.values()].filter((tab) => this.#world.now() - tab.seenAt > GONE_MS);
      for (const tab of gone) this.#tabs.delete(tab.port);
      if (gone.length > 0) this.#planSoon();
      if (this.#tabs.size > 0) this.#sweepLater();
    }, SWEEP_MS);
  }
}

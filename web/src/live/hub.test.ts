// The hub with fake ports, streams and time: eight tabs stay live over one stream.
import { beforeEach, expect, test } from "vitest";
import { Hub, type HubPort, type HubWorld } from "@/live/hub";
import { GONE_MS, type FromHub } from "@/live/protocol";
import type { StreamHandlers, StreamTarget } from "@/live/stream";

class FakeStream {
  closed = false;
  constructor(readonly target: StreamTarget, readonly handlers: StreamHandlers) {}
  log(data: string, place: number): void {
    this.handlers.onMessage("log", data, `ab-1-${place}`);
  }
}

class FakePort implements HubPort {
  readonly got: FromHub[] = [];
  post(message: FromHub): void {
    this.got.push(message);
  }
  get logs(): string[] {
    return this.got.flatMap((one) => (one.kind === "events" ? one.batches.flatMap((batch) => batch.events.map((event) => event.data)) : []));
  }
  state(topic: string): string | undefined {
    return this.got.findLast((one) => one.kind === "states")?.states[topic];
  }
}

let clock = 0;
let timers: { at: number; run: () => void }[] = [];
let streams: FakeStream[] = [];
let hub: Hub;

const open = (): FakeStream[] => streams.filter((stream) => !stream.closed);

function advance(ms: number): void {
  const end = clock + ms;
  for (;;) {
    const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
    if (!next) break;
    timers = timers.filter((timer) => timer !== next);
    clock = next.at;
    next.run();
  }
  clock = end;
}

function follow(port: HubPort, topics: readonly string[], token?: string): void {
  hub.receive(port, { kind: "follow", topics, base: "http://tacho/", token });
}

beforeEach(() => {
  clock = 0;
  timers = [];
  streams = [];
  const world: HubWorld = {
    now: () => clock,
    later: (run, ms) => void timers.push({ at: clock + ms, run }),
    open: (target, handlers) => {
      const stream = new FakeStream(target, handlers);
      streams.push(stream);
      return () => {
        stream.closed = true;
      };
    },
  };
  hub = new Hub(world);
});

test("eight tabs share one stream, and each gets what it follows", () => {
  const ports = Array.from({ length: 8 }, () => new FakePort());
  ports.forEach((port, index) => follow(port, index === 7 ? ["changes", "logs:a"] : ["changes"]));
  advance(100);
  expect(open().map((stream) => stream.target.topics)).toEqual([["changes", "logs:a"]]);
  streams[0]?.handlers.onOpen();
  expect(ports.map((port) => port.state("changes"))).toEqual(Array(8).fill("live"));
  streams[0]?.handlers.onMessage("change", '{"signals":["logs"]}', undefined);
  streams[0]?.log("line", 1);
  advance(200);
  expect(ports.map((port) => port.logs.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
});

test("a stream is replaced without a gap and without doubles", () => {
  const [first, second] = [new FakePort(), new FakePort()];
  follow(first, ["logs:a"]);
  advance(100);
  streams[0]?.handlers.onOpen();
  follow(second, ["logs:b"]);
  advance(100);
  expect(open()).toHaveLength(2);
  expect(first.state("logs:a")).toBe("live");
  streams[0]?.log("both", 0);
  streams[1]?.log("both", 0);
  streams[0]?.log("old only", 0);
  streams[1]?.handlers.onOpen();
  expect(open().map((stream) => stream.target.topics)).toEqual([["logs:a", "logs:b"]]);
  streams[1]?.log("new", 0);
  streams[1]?.log("other", 1);
  advance(200);
  expect(first.logs).toEqual(["both", "old only", "new"]);
  expect(second.logs).toEqual(["other"]);
});

test("tabs that leave or fall silent free their topics", () => {
  const [stays, leaves, sleeps] = [new FakePort(), new FakePort(), new FakePort()];
  follow(stays, ["changes"]);
  follow(leaves, ["logs:a"]);
  follow(sleeps, ["logs:b"]);
  advance(100);
  streams[0]?.handlers.onOpen();
  hub.receive(leaves, { kind: "leave" });
  advance(100);
  streams[1]?.handlers.onOpen();
  expect(open().map((stream) => stream.target.topics)).toEqual([["changes", "logs:b"]]);
  for (let passed = 0; passed < GONE_MS + 60_000; passed += 20_000) {
    follow(stays, ["changes"]);
    advance(20_000);
  }
  streams.at(-1)?.handlers.onOpen();
  expect(open().map((stream) => stream.target.topics)).toEqual([["changes"]]);
});

test("a wrong query costs the others nothing", () => {
  const [good, bad] = [new FakePort(), new FakePort()];
  follow(good, ["changes"]);
  advance(100);
  streams[0]?.handlers.onOpen();
  follow(bad, ["logs:{"]);
  advance(100);
  streams[1]?.handlers.onRefused(400);
  advance(100);
  expect(bad.state("logs:{")).toBe("off");
  expect(good.state("changes")).not.toBe("off");
  expect(open().map((stream) => stream.target.topics)).toEqual([["changes"]]);
});

test("of several new topics each is tried alone when they are refused together", () => {
  const port = new FakePort();
  follow(port, ["changes", "logs:{", "logs:a"]);
  advance(100);
  streams[0]?.handlers.onRefused(400);
  const alone = streams.slice(1);
  expect(alone.map((stream) => stream.target.topics)).toEqual([["changes"], ["logs:a"], ["logs:{"]]);
  alone[0]?.handlers.onOpen();
  alone[1]?.handlers.onOpen();
  alone[2]?.handlers.onRefused(400);
  advance(100);
  streams.at(-1)?.handlers.onOpen();
  expect(streams.at(-1)?.target.topics).toEqual(["changes", "logs:a"]);
  expect(port.state("logs:{")).toBe("off");
  expect(port.state("logs:a")).toBe("live");
});

test("a tab that sleeps costs no memory, and others go on", () => {
  const [awake, asleep] = [new FakePort(), new FakePort()];
  follow(awake, ["logs:"]);
  follow(asleep, ["logs:"]);
  advance(100);
  streams[0]?.handlers.onOpen();
  for (let index = 0; index < 5_000; index += 1) {
    streams[0]?.log(String(index), 0);
    if (index % 100 === 99) {
      advance(150);
      hub.receive(awake, { kind: "ack" });
    }
  }
  advance(300);
  expect(awake.logs).toHaveLength(5_000);
  expect(asleep.logs).toHaveLength(100);
});

test("a token is asked for once, and a new one opens everything again", () => {
  const [first, second] = [new FakePort(), new FakePort()];
  follow(first, ["changes"]);
  advance(100);
  streams[0]?.handlers.onRefused(401);
  expect(first.got.at(-1)).toMatchObject({ kind: "states", unauthorized: true });
  follow(first, ["changes"], "secret");
  advance(100);
  expect(open().map((stream) => stream.target.token)).toEqual(["secret"]);
  streams.at(-1)?.handlers.onOpen();
  expect(first.state("changes")).toBe("live");
  // A tab that has no token yet does not take the stream from the others.
  follow(second, ["changes"]);
  advance(100);
  expect(open().map((stream) => stream.target.token)).toEqual(["secret"]);
});

test("a lost stream is told to all who follow it", () => {
  const port = new FakePort();
  follow(port, ["changes"]);
  advance(100);
  streams[0]?.handlers.onOpen();
  streams[0]?.handlers.onLost();
  expect(port.state("changes")).toBe("lost");
  streams[0]?.handlers.onOpen();
  expect(port.state("changes")).toBe("live");
});

// What waits for a tab is bounded, and waits for the tab.
import { expect, test } from "vitest";
import { Outbox } from "@/live/outbox";

const log = (data: number): { event: string; data: string } => ({ event: "log", data: String(data) });

test("a batch goes out once, the next when it was read", () => {
  const outbox = new Outbox();
  outbox.add("logs:", log(1));
  expect(outbox.take()).toEqual([{ topic: "logs:", events: [log(1)] }]);
  outbox.add("logs:", log(2));
  expect(outbox.take()).toBeUndefined();
  outbox.read();
  expect(outbox.take()).toEqual([{ topic: "logs:", events: [log(2)] }]);
  outbox.read();
  expect(outbox.take()).toBeUndefined();
});

test("a tab that sleeps loses the oldest and is told how many", () => {
  const outbox = new Outbox();
  for (let index = 1; index <= 10_000; index += 1) outbox.add("logs:", log(index));
  const [batch] = outbox.take() ?? [];
  const [lost, ...rest] = batch?.events ?? [];
  expect(rest.length).toBeLessThanOrEqual(1_000);
  expect(rest.at(-1)).toEqual(log(10_000));
  expect(JSON.parse(lost?.data ?? "")).toEqual({ topic: "logs:", count: 10_000 - rest.length });
});

test("topics that nobody follows any more are forgotten", () => {
  const outbox = new Outbox();
  outbox.add("logs:", log(1));
  outbox.keepOnly(new Set(["changes"]));
  expect(outbox.take()).toBeUndefined();
});

// Reading messages of a stream.
import { expect, test } from "vitest";
import { readEvent } from "@/live/events";

test("what is known is read, anything else is nothing", () => {
  expect(readEvent({ event: "change", data: '{"signals":["spans"],"intervalMs":10000}' })).toEqual({ type: "change", signals: ["spans"], intervalMs: 10_000 });
  expect(readEvent({ event: "change", data: "{}" })).toEqual({ type: "change", signals: [], intervalMs: 0 });
  expect(readEvent({ event: "lost", data: '{"topic":"logs","count":7}' })).toEqual({ type: "lost", count: 7 });
  expect(readEvent({ event: "lost", data: '{"topic":"all"}' })).toEqual({ type: "lost" });
  expect(readEvent({ event: "log", data: '{"id":"a"}' })).toMatchObject({ type: "log", log: { id: "a" } });
  expect(readEvent({ event: "log", data: "no json" })).toBeUndefined();
  expect(readEvent({ event: "alert", data: "{}" })).toBeUndefined();
});

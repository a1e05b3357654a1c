// Topics share streams, and open streams stay open.
import { describe, expect, test } from "vitest";
import { planStreams, STREAMS_MAX, topicOf, TOPICS_MAX } from "@/live/plan";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `logs:${String(index).padStart(2, "0")}`);

describe("planStreams", () => {
  test("all topics of all tabs share one stream", () => {
    expect(planStreams(["logs:b", "changes", "logs:b"], [])).toEqual([["changes", "logs:b"]]);
  });

  test("nothing wanted, no stream", () => {
    expect(planStreams([], [["changes"]])).toEqual([]);
  });

  test("a stream whose topics are all wanted stays as it is", () => {
    expect(planStreams(["changes", "logs:a"], [["changes", "logs:a"]])).toEqual([["changes", "logs:a"]]);
  });

  test("a new topic joins the open stream", () => {
    expect(planStreams(["changes", "logs:a"], [["changes"]])).toEqual([["changes", "logs:a"]]);
  });

  test("a topic that is gone shrinks its stream", () => {
    expect(planStreams(["changes"], [["changes", "logs:a"]])).toEqual([["changes"]]);
  });

  test("a full stream stays, what is new goes into another", () => {
    const full = names(TOPICS_MAX);
    expect(planStreams([...full, "traces:"], [full])).toEqual([full, ["traces:"]]);
  });

  test("there are never more streams or topics in one than may be", () => {
    const groups = planStreams(names(100), []);
    expect(groups).toHaveLength(STREAMS_MAX);
    expect(groups.every((group) => group.length <= TOPICS_MAX)).toBe(true);
  });

  test("half-empty streams are packed together again", () => {
    expect(planStreams(["a", "b"], [["a"], ["b"]])).toEqual([["a", "b"]]);
  });
});

describe("topicOf", () => {
  const topics = ["changes", "logs:a", "logs:b", "traces:"];

  test("the place in the id decides", () => {
    expect(topicOf("log", "18e9-7-2", topics)).toBe("logs:b");
    expect(topicOf("log", "18e9-7-9", topics)).toBe("none");
  });

  test("without a place the kind decides, where it leaves one", () => {
    expect(topicOf("trace", "18e9-7", topics)).toBe("traces:");
    expect(topicOf("log", "18e9-7", topics)).toBe("none");
    expect(topicOf("change", undefined, topics)).toBe("changes");
    expect(topicOf("change", undefined, ["logs:a"])).toBe("none");
  });

  test("losses concern all", () => {
    expect(topicOf("lost", "18e9-7-1", topics)).toBeUndefined();
  });
});

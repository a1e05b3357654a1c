// Volume, bodies, commands and downloads.
import { describe, expect, it } from "vitest";
import { exceptionOf, inLines, inOneLine, readable } from "@/lib/logs/body";
import { curlCommand, queryCommand, shellWord, tailCommand } from "@/lib/logs/commands";
import { EVERYTHING } from "@/lib/logs/conditions";
import { collect, fileName, otlpPiece, pieceOf, textOf, type FetchDownload } from "@/lib/logs/download";
import type { Line } from "@/lib/logs/line";
import { stepOf, stepText, volumeOf } from "@/lib/logs/volume";

const line = (body: unknown, attributes: Line["attributes"] = {}): Line => ({
  id: "0a", timestamp: "2026-11-20T10:00:00.000000001Z", severity: "WARN", severityNumber: 13, serviceName: "api", body, attributes,
  resource: { attributes: {} }, scope: {},
});

describe("volume", () => {
  it("asks for a round step of at most 100 buckets", () => {
    expect(stepOf(0, 3_600_000)).toBe(60_000);
    expect(stepOf(0, 60_000)).toBe(1000);
    expect(stepOf(0, 3_600_000 * 24 * 3650) / 86_400_000).toBe(60);
    expect(stepText(120_000)).toBe("120s");
  });
  it("stands the gravest on the ground line", () => {
    const volume = volumeOf([
      { time: "2026-11-20T10:01:00Z", value: "INFO", count: 5 },
      { time: "2026-11-20T10:00:00Z", value: "ERROR", count: "2" },
      { time: "2026-11-20T10:01:00Z", value: "ERROR", count: 1 },
    ]);
    expect(volume.layers).toEqual([{ name: "error", tone: "red" }, { name: "info", tone: "steady" }]);
    expect(volume.buckets.map((bucket) => bucket.counts)).toEqual([[2, 0], [1, 5]]);
  });
});

describe("bodies", () => {
  it("are read as what they are", () => {
    expect(readable('{"a":[1]}')).toMatchObject({ kind: "json", text: '{\n  "a": [\n    1\n  ]\n}' });
    expect(readable({ a: 1 }).kind).toBe("json");
    expect(readable("Error: no\n    at run (a.js:1:2)").kind).toBe("stack");
    expect(readable("Traceback (most recent call last):\n  File \"a.py\", line 3").kind).toBe("stack");
    expect(readable("one\ntwo").kind).toBe("text");
    expect(readable(undefined).kind).toBe("empty");
    expect(readable({ $ref: { bytes: 9000, kind: "string", preview: "x" } })).toEqual({ kind: "large", text: "x", bytes: 9000 });
  });
  it("fit into a line, or into some", () => {
    expect(inOneLine("a\n  b")).toBe("a ↵ b");
    expect(inOneLine("x".repeat(5000)).length).toBe(2001);
    expect(inLines(Array.from({ length: 60 }, () => "l").join("\n")).split("\n")).toHaveLength(41);
  });
  it("find exceptions", () => {
    expect(exceptionOf({ a: 1 })).toBeUndefined();
    expect(exceptionOf({ "exception.type": "E", "exception.message": "m" })).toEqual({ type: "E", message: "m", stack: "" });
  });
});

describe("commands", () => {
  const conditions = { ...EVERYTHING, q: `{} |= "it's"`, service: "my api", severity: "WARN", attr: ["agent=coder"] };
  const range = { from: "now-3h", to: "now" };
  it("quote for the shell", () => {
    expect(shellWord("a b")).toBe("'a b'");
    expect(queryCommand(conditions, range)).toBe(
      `tacho logs query '{} |= "it'\\''s"' --service 'my api' --severity WARN --attr agent=coder --since now-3h`,
    );
    expect(tailCommand(EVERYTHING)).toBe("tacho logs tail");
    expect(curlCommand({ ...EVERYTHING, attr: ["a=b"] }, range, "http://h/")).toBe(
      "curl -sG http://h/api/v1/logs --data-urlencode attr=a=b --data-urlencode start=now-3h --data-urlencode end=now",
    );
  });
});

describe("downloads", () => {
  it("write each format", () => {
    const one = line("=HYPERLINK(1)", { "a b": "x y", n: 1 });
    expect(textOf(one)).toBe('2026-11-20T10:00:00.000000001Z warn api =HYPERLINK(1) a b="x y" n=1');
    expect(pieceOf("csv", [one], true)).toContain(",'=HYPERLINK(1),");
    expect(pieceOf("csv", [one], true).split("\r\n")[0]).toBe("timestamp,severity,service,body,trace_id,span_id,id,attributes");
    expect(pieceOf("csv", [], false)).toBe("");
    expect(JSON.parse(pieceOf("jsonl", [one], true))).toMatchObject({ id: "0a" });
    expect(fileName("otlp", 0)).toBe("logs-1970-01-01T000000Z.otlp.json");
  });
  it("go through pages up to a bound", async () => {
    const asked: number[] = [];
    const fetchPage: FetchDownload = (cursor, limit) => {
      asked.push(limit);
      return Promise.resolve({ text: `${limit};`, count: limit, next: String(Number(cursor ?? 0) + 1) });
    };
    const told: number[] = [];
    const found = await collect("text", 5000, fetchPage, (lines) => told.push(lines), new AbortController().signal);
    expect(found).toEqual({ pieces: ["2000;", "2000;", "1000;"], lines: 5000, more: true });
    expect([asked, told]).toEqual([[2000, 2000, 1000], [2000, 4000, 5000]]);
    const stop = new AbortController();
    stop.abort();
    await expect(collect("text", 10, fetchPage, () => {}, stop.signal)).rejects.toThrow();
  });
  it("put OTLP pages together", async () => {
    const body = { resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords: [{}, {}] }] }] };
    expect(otlpPiece(body).count).toBe(2);
    const pages = [otlpPiece(body), otlpPiece({ resourceLogs: [] }), otlpPiece(body)];
    let at = 0;
    const found = await collect("otlp", 100, () => Promise.resolve({ ...(pages[at] ?? { text: "", count: 0 }), next: (at += 1) < 3 ? "n" : undefined }), () => {}, new AbortController().signal);
    expect(JSON.parse(found.pieces.join(""))).toEqual({ resourceLogs: [...body.resourceLogs, ...body.resourceLogs] });
  });
});

// The snippets name the server that the page came from.
import { expect, test } from "vitest";
import { snippets } from "@/lib/snippets";

test("every way of sending names the address, without a slash too many", () => {
  const all = snippets("https://obs.lan/tacho/", ["spans", "logs", "samples"]);
  expect(all.map((one) => one.label)).toEqual(["curl", "Python", "Node.js", "Rust", "Go", "Java", "Collector"]);
  for (const { label, blocks } of all) {
    const text = blocks.map((block) => block.text).join("\n");
    expect(text, label).toMatch(/https:\/\/obs\.lan\/tacho(\/v1|\n|$)/m);
    expect(text, label).not.toContain("tacho//");
  }
  expect(snippets("http://obs.lan", ["logs"])[0]?.blocks.map((block) => block.what)).toEqual(["One log record"]);
});

import { describe, expect, it } from "vitest";
import type { SpanEvent } from "@/api/schema";
import { conversationOf } from "./conversation";
import { modelFacts } from "./facts";
import type { Message } from "./message";

const event = (name: string, attributes: Record<string, unknown>): SpanEvent => ({ name, timestamp: "2026-11-20T12:00:00Z", attributes });
/** Messages in short: `user: text`, `assistant: call edit {...}`. */
const short = (messages: readonly Message[]): string[] =>
  messages.flatMap((message) =>
    message.parts.map((part) => {
      switch (part.kind) {
        case "call":
          return `${message.role}: call ${part.name} ${part.arguments}`;
        case "result":
          return `${message.role}: result ${part.text}`;
        case "media":
          return `${message.role}: ${part.what} ${part.type} ${part.bytes ?? "?"} ${part.from}`;
        default:
          return `${message.role}: ${part.kind === "text" ? "" : `${part.kind} `}${part.text}`;
      }
    }),
  );
const talk = (attributes: Record<string, unknown>, events: readonly SpanEvent[] = []): string[] => short(conversationOf(attributes, events).messages);

describe("conversationOf", () => {
  it("reads messages with parts, as text or structured", () => {
    const input = [
      { role: "user", parts: [{ type: "text", content: "hi" }, { type: "blob", mime_type: "image/png", modality: "image", content: "AAAAAAAA" }] },
      { role: "assistant", parts: [{ type: "reasoning", content: "hm" }, { type: "tool_call", id: "c1", name: "edit", arguments: { path: "a" } }] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: { ok: true } }] },
    ];
    const expected = ["system: be kind", "user: hi", "user: image image/png 6 ", "assistant: reasoning hm", 'assistant: call edit {"path":"a"}', 'tool: result {"ok":true}', "assistant: done"];
    const attributes = {
      "gen_ai.system_instructions": '[{"type":"text","content":"be kind"}]',
      "gen_ai.input.messages": JSON.stringify(input),
      "gen_ai.output.messages": '[{"role":"assistant","finish_reason":"length","parts":[{"type":"text","content":"done"}]}]',
    };
    expect(talk(attributes)).toEqual(expected);
    expect(talk({ ...attributes, "gen_ai.input.messages": input })).toEqual(expected);
    expect(conversationOf(attributes, []).messages.at(-1)?.finish).toBe("length");
    expect([...conversationOf(attributes, []).keys]).toContain("gen_ai.input.messages");
  });
  it("reads messages in the forms of model APIs", () => {
    expect(talk({ "gen_ai.input.messages": JSON.stringify([
      { role: "developer", content: "rules" },
      { role: "user", content: [{ type: "text", text: "look" }, { type: "image_url", image_url: { url: "https://example.com/a.png" } }] },
      { role: "assistant", content: null, tool_calls: [{ id: "x", function: { name: "ls", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "x", content: "a b" },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "y", content: [{ type: "text", text: "c" }] }] },
    ]) })).toEqual(["system: rules", "user: look", "user: image  ? https://example.com/a.png", "assistant: call ls {}", "tool: result a b", "tool: result c"]);
  });
  it("reads deprecated events", () => {
    expect(talk({}, [
      event("gen_ai.system.message", { content: "be kind" }),
      event("gen_ai.user.message", { content: "hi" }),
      event("gen_ai.tool.message", { id: "1", content: "42" }),
      event("gen_ai.choice", { finish_reason: "stop", message: '{"role":"assistant","content":"hello"}' }),
    ])).toEqual(["system: be kind", "user: hi", "tool: result 42", "assistant: hello"]);
    expect(talk({}, [event("gen_ai.content.prompt", { "gen_ai.prompt": '[{"role":"user","content":"q"}]' }), event("gen_ai.content.completion", { "gen_ai.completion": "a" })])).toEqual(["user: q", "assistant: a"]);
  });
  it("reads numbered attributes of OpenLLMetry and OpenInference", () => {
    expect(talk({
      "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "s", "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": "u", "gen_ai.prompt.10.role": "user", "gen_ai.prompt.10.content": "last",
      "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.tool_calls.0.name": "run", "gen_ai.completion.0.tool_calls.0.arguments": "{}",
    })).toEqual(["system: s", "user: u", "user: last", "assistant: call run {}"]);
    expect(talk({
      "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.contents.0.message_content.type": "text", "llm.input_messages.0.message.contents.0.message_content.text": "q",
      "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f", "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{}",
      "input.value": "raw", "output.value": "raw",
    })).toEqual(["user: q", "assistant: call f {}"]);
    expect(talk({ "input.value": '{"messages":[{"role":"user","content":"q"}]}', "output.value": "a" })).toEqual(["user: q", "assistant: a"]);
  });
  it("shows what a tool was called with and what it gave", () => {
    expect(talk({ "gen_ai.tool.name": "read_file", "gen_ai.tool.call.arguments": '{"path":"a"}', "gen_ai.tool.call.result": "text" })).toEqual(['assistant: call read_file {"path":"a"}', "tool: result text"]);
  });
  it("counts what is not loaded, and folds tools", () => {
    const large = { $ref: { hash: "h", bytes: 9000, kind: "string", preview: "[{" } };
    const found = conversationOf({ "gen_ai.input.messages": large, "gen_ai.tool.definitions": '[{"type":"function","function":{"name":"f","description":"d","parameters":{}}}]' }, []);
    expect(found.waitingBytes).toBe(9000);
    expect(found.tools).toEqual([{ name: "f", description: "d", schema: "{}" }]);
    expect(short(found.messages)).toEqual(["user: preview [{"]);
  });
  it("has nothing to say about other spans, and survives nonsense", () => {
    expect(talk({ "http.route": "/" })).toEqual([]);
    expect(talk({ "gen_ai.input.messages": "[1, null, {}]" }).length).toBeLessThan(4);
    expect(talk({ "gen_ai.input.messages": '{"role":' })).toEqual(['user: {"role":']);
    expect(talk({ "gen_ai.prompt.__proto__.role": "x", "gen_ai.prompt.0.__proto__.x": "y" })).toEqual([]);
  });
});

describe("modelFacts", () => {
  it("tells model, tokens, cost and settings", () => {
    expect(modelFacts({
      "gen_ai.request.model": "a", "gen_ai.response.model": "a-1", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 250, "gen_ai.usage.output_tokens": "20",
      "gen_ai.usage.reasoning.output_tokens": 5, "gen_ai.response.finish_reasons": ["stop"], "gen_ai.request.temperature": 0, "gen_ai.usage.cost": 0.5,
    })).toEqual([
      { name: "Model", value: "a-1 (asked for a)" },
      { name: "Tokens in", value: "1,000 (250 from cache, 25%)" },
      { name: "Tokens out", value: "20 (5 reasoning)" },
      { name: "Cost", value: "$0.50" },
      { name: "Finish reason", value: "stop" },
      { name: "Temperature", value: "0" },
    ]);
    expect(modelFacts({ "http.route": "/" })).toEqual([]);
  });
});

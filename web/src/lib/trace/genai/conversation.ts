// The conversation of a span, read from whichever attributes and events carry it.
import type { SpanEvent } from "@/api/schema";
import { isRecord, largeOf, stringOf, structureOf, valueText, type Attributes } from "../values";
import { indexedObjects } from "./indexed";
import { roleOf, type Conversation, type Message, type Part, type Role } from "./message";
import { messagesOf, plain, toolsOf } from "./messages";
import { callsOf, partsOf } from "./parts";

interface Source {
  readonly key: string;
  readonly side: Message["side"];
  readonly role: Role;
}

/** Attributes that hold messages; of each side the first group that has any is taken. */
const GROUPS: readonly (readonly Source[])[] = [
  [
    { key: "gen_ai.system_instructions", side: "input", role: "system" },
    { key: "gen_ai.input.messages", side: "input", role: "user" },
    { key: "gen_ai.output.messages", side: "output", role: "assistant" },
  ],
  [
    { key: "gen_ai.prompt", side: "input", role: "user" },
    { key: "gen_ai.completion", side: "output", role: "assistant" },
  ],
  [
    { key: "ai.prompt.messages", side: "input", role: "user" },
    { key: "ai.response.text", side: "output", role: "assistant" },
  ],
  [
    { key: "input.value", side: "input", role: "user" },
    { key: "output.value", side: "output", role: "assistant" },
  ],
  [
    { key: "traceloop.entity.input", side: "input", role: "user" },
    { key: "traceloop.entity.output", side: "output", role: "assistant" },
  ],
];

/** Prefixes of numbered messages. */
const INDEXED: readonly Source[] = [
  { key: "gen_ai.prompt", side: "input", role: "user" },
  { key: "gen_ai.completion", side: "output", role: "assistant" },
  { key: "llm.input_messages", side: "input", role: "user" },
  { key: "llm.output_messages", side: "output", role: "assistant" },
];

const CALL_KEYS = ["gen_ai.tool.call.arguments", "tool.parameters", "ai.toolCall.args", "mcp.tool.arguments"] as const;
const RESULT_KEYS = ["gen_ai.tool.call.result", "ai.toolCall.result", "mcp.tool.result"] as const;
const TOOL_LISTS = ["gen_ai.tool.definitions", "llm.tools", "gen_ai.request.tools"] as const;

/** Reads what was said. No messages where the span carries none. */
export function conversationOf(attributes: Attributes, events: readonly SpanEvent[]): Conversation {
  const keys = new Set<string>();
  const messages: Message[] = [];
  const toolSpan = toolMessages(attributes, keys);
  messages.push(...toolSpan);
  for (const side of ["input", "output"] as const) {
    if (toolSpan.length > 0) break;
    messages.push(...sideOf(side, attributes, events, keys));
  }
  const tools = TOOL_LISTS.flatMap((key) => {
    const found = toolsOf(attributes[key]);
    if (found.length > 0) keys.add(key);
    return found;
  });
  let waitingBytes = 0;
  for (const message of messages) for (const part of message.parts) if (part.kind === "preview") waitingBytes += part.bytes;
  return { messages: messages.filter((message) => message.parts.length > 0), tools, waitingBytes, keys };
}

function sideOf(side: Message["side"], attributes: Attributes, events: readonly SpanEvent[], keys: Set<string>): Message[] {
  const [modern, ...older] = GROUPS;
  const first = groupMessages(modern ?? [], side, attributes, keys);
  if (first.length > 0) return first;
  for (const source of INDEXED.filter((one) => one.side === side)) {
    const { objects, keys: used } = indexedObjects(attributes, source.key);
    const found = objects.flatMap((object) => messagesOf([object], side, source.role));
    if (found.length === 0) continue;
    for (const key of used) keys.add(key);
    return found;
  }
  const told = eventMessages(events, side);
  if (told.length > 0) return told;
  for (const group of older) {
    const found = groupMessages(group, side, attributes, keys);
    if (found.length > 0) return found;
  }
  return [];
}

function groupMessages(group: readonly Source[], side: Message["side"], attributes: Attributes, keys: Set<string>): Message[] {
  const found: Message[] = [];
  for (const source of group) {
    if (source.side !== side || attributes[source.key] === undefined) continue;
    const messages = messagesOf(attributes[source.key], side, source.role);
    if (messages.length > 0) keys.add(source.key);
    found.push(...(source.role === "system" ? joinSystem(messages) : messages));
  }
  return found;
}

/** Instructions come as a list of pieces: together they are one message. */
function joinSystem(messages: readonly Message[]): Message[] {
  return messages.length < 2 ? [...messages] : [plain("input", "system", messages.flatMap((message) => message.parts))];
}

/** A span that runs a tool: what it was called with, and what it gave. */
function toolMessages(attributes: Attributes, keys: Set<string>): Message[] {
  const callKey = CALL_KEYS.find((key) => attributes[key] !== undefined);
  const resultKey = RESULT_KEYS.find((key) => attributes[key] !== undefined);
  const name = stringOf(attributes["gen_ai.tool.name"]) ?? stringOf(attributes["tool.name"]) ?? stringOf(attributes["ai.toolCall.name"]) ?? stringOf(attributes["mcp.tool.name"]) ?? "tool";
  const id = stringOf(attributes["gen_ai.tool.call.id"]) ?? "";
  const messages: Message[] = [];
  if (callKey !== undefined) {
    keys.add(callKey);
    messages.push(plain("input", "assistant", [waiting(attributes[callKey]) ?? { kind: "call", id, name, arguments: valueText(attributes[callKey]) }]));
  }
  if (resultKey !== undefined) {
    keys.add(resultKey);
    messages.push(plain("output", "tool", [waiting(attributes[resultKey]) ?? { kind: "result", id, text: valueText(attributes[resultKey]) }]));
  }
  return messages;
}

function waiting(value: unknown): Part | undefined {
  const large = largeOf(value);
  return large === undefined ? undefined : { kind: "preview", text: large.preview, bytes: large.bytes };
}

const EVENT_ROLES: Readonly<Record<string, Role>> = {
  "gen_ai.system.message": "system",
  "gen_ai.user.message": "user",
  "gen_ai.assistant.message": "assistant",
  "gen_ai.tool.message": "tool",
};

/** Messages in span events, as they were before they became attributes. */
function eventMessages(events: readonly SpanEvent[], side: Message["side"]): Message[] {
  return events.flatMap(({ name, attributes }) => {
    if (name === "gen_ai.client.inference.operation.details") {
      return side === "input"
        ? [...joinSystem(messagesOf(attributes["gen_ai.system_instructions"] ?? "", side, "system")), ...messagesOf(attributes["gen_ai.input.messages"] ?? "", side, "user")]
        : messagesOf(attributes["gen_ai.output.messages"] ?? "", side, "assistant");
    }
    if (side === "output" && name === "gen_ai.choice") return choice(attributes);
    if (side === "output" && name === "gen_ai.content.completion") return messagesOf(attributes["gen_ai.completion"] ?? "", side, "assistant");
    if (side === "input" && name === "gen_ai.content.prompt") return messagesOf(attributes["gen_ai.prompt"] ?? "", side, "user");
    const role = EVENT_ROLES[name];
    return side === "input" && role !== undefined ? messagesOf([{ role, ...attributes, content: structureOf(attributes["content"]) ?? attributes["content"] }], side, role) : [];
  });
}

function choice(attributes: Attributes): Message[] {
  const inner = structureOf(attributes["message"]);
  const message = isRecord(inner) ? inner : attributes;
  const parts = [...partsOf(structureOf(message["content"]) ?? message["content"]), ...callsOf(message["tool_calls"] ?? attributes["tool_calls"])];
  return [{ role: roleOf(message["role"], "assistant"), saidBy: "", side: "output", parts, finish: stringOf(attributes["finish_reason"]) ?? "" }];
}

// Messages as lists: `gen_ai.input.messages` and the like, in OpenTelemetry's form or that of a model's API.
import { isRecord, largeOf, stringOf, structureOf, valueText } from "../values";
import { roleOf, type Message, type Part, type Role, type ToolDefinition } from "./message";
import { callsOf, partsOf, resultText } from "./parts";

/** The messages of a value: a list, one message, a text, or a large value that is not loaded. */
export function messagesOf(value: unknown, side: Message["side"], fallback: Role): Message[] {
  const large = largeOf(value);
  if (large !== undefined) return [plain(side, fallback, [{ kind: "preview", text: large.preview, bytes: large.bytes }])];
  const structure = structureOf(value);
  if (Array.isArray(structure)) return structure.flatMap((one: unknown) => messageOf(one, side, fallback));
  if (isRecord(structure)) return wrapped(structure, side, fallback);
  const text = valueText(value);
  return text === "" ? [] : [plain(side, fallback, [{ kind: "text", text }])];
}

/** A message with one role and nothing else. */
export function plain(side: Message["side"], role: Role, parts: readonly Part[]): Message {
  return { role, saidBy: "", side, parts, finish: "" };
}

/** An object: a message, or a request or answer of an API with the messages inside. */
function wrapped(value: Readonly<Record<string, unknown>>, side: Message["side"], fallback: Role): Message[] {
  if (Array.isArray(value["messages"])) return [...messagesOf(value["system"] ?? "", side, "system"), ...messagesOf(value["messages"], side, fallback)];
  if (Array.isArray(value["choices"])) return value["choices"].flatMap((one: unknown) => (isRecord(one) ? messageOf({ ...fields(one["message"]), finish_reason: one["finish_reason"] }, side, fallback) : []));
  if ("role" in value || "parts" in value || "content" in value) return messageOf(value, side, fallback);
  return [plain(side, fallback, [{ kind: "text", text: JSON.stringify(value, undefined, 2) }])];
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function messageOf(value: unknown, side: Message["side"], fallback: Role): Message[] {
  if (!isRecord(value)) return value === undefined || value === null ? [] : [plain(side, fallback, partsOf(value))];
  // A piece without a message around it, such as one of `gen_ai.system_instructions`.
  if (!("role" in value) && !("parts" in value) && "type" in value) return [plain(side, fallback, partsOf(value))];
  const role = roleOf(value["role"], fallback);
  const content = value["parts"] ?? value["content"];
  const answered = stringOf(value["tool_call_id"]);
  const said: Part[] = role === "tool" && (typeof content === "string" || answered !== undefined) ? [{ kind: "result", id: answered ?? "", text: resultText(content) }] : partsOf(content);
  const reasoning = stringOf(value["reasoning_content"]) ?? stringOf(value["reasoning"]);
  const parts = [...(reasoning === undefined ? [] : [{ kind: "reasoning" as const, text: reasoning }]), ...said, ...callsOf(value["tool_calls"])];
  const word = stringOf(value["role"]) ?? "";
  const finish = stringOf(value["finish_reason"]) ?? stringOf(value["stop_reason"]) ?? "";
  // Results of tools that came in a user's message are the tool's words.
  const speaker = parts.length > 0 && parts.every((part) => part.kind === "result") ? "tool" : role;
  return [{ role: speaker, saidBy: word.toLowerCase() === speaker ? "" : word, side, parts, finish }];
}

/** The tools of `gen_ai.tool.definitions` and its relatives. */
export function toolsOf(value: unknown): ToolDefinition[] {
  const list = structureOf(value);
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map((tool) => {
    const inner = isRecord(tool["function"]) ? tool["function"] : tool;
    const schema = inner["parameters"] ?? inner["input_schema"] ?? inner["inputSchema"];
    return {
      name: stringOf(inner["name"]) ?? stringOf(tool["type"]) ?? "tool",
      description: stringOf(inner["description"]) ?? "",
      schema: schema === undefined ? "" : JSON.stringify(schema, undefined, 2),
    };
  });
}

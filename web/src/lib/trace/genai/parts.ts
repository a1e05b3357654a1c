// Pieces of messages in the forms of OpenTelemetry, OpenAI, Anthropic and Google, read into one form.
import { isRecord, stringOf, structureOf, valueText } from "../values";
import type { Part } from "./message";

type Fields = Readonly<Record<string, unknown>>;

/** The pieces of a content: a text, a piece, or a list of them. */
export function partsOf(content: unknown): Part[] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (Array.isArray(content)) return content.flatMap((one: unknown) => partsOf(one));
  return isRecord(content) ? partOf(content) : [{ kind: "text", text: valueText(content) }];
}

function partOf(part: Fields): Part[] {
  const type = stringOf(part["type"]) ?? "";
  switch (type) {
    case "text":
    case "input_text":
    case "output_text":
      return textPart(part["content"] ?? part["text"]);
    case "reasoning":
    case "thinking":
    case "redacted_thinking":
      return [{ kind: "reasoning", text: valueText(part["content"] ?? part["thinking"] ?? part["text"] ?? part["summary"] ?? "") }];
    case "tool_call":
    case "tool_use":
    case "function_call":
    case "server_tool_call":
    case "function":
      return [callOf(part)];
    case "tool_call_response":
    case "tool_result":
    case "function_call_output":
    case "server_tool_call_response":
      return [resultOf(part)];
    default:
      return mediaOf(part, type) ?? untyped(part, type);
  }
}

function textPart(content: unknown): Part[] {
  const text = isRecord(content) ? valueText(content["value"] ?? content) : valueText(content);
  return text === "" ? [] : [{ kind: "text", text }];
}

/** A call of a tool, wherever its name and arguments stand. */
export function callOf(part: Fields): Part {
  const inner = isRecord(part["function"]) ? part["function"] : isRecord(part["functionCall"]) ? part["functionCall"] : part;
  return {
    kind: "call",
    id: stringOf(part["id"]) ?? stringOf(part["call_id"]) ?? "",
    name: stringOf(inner["name"]) ?? stringOf(part["name"]) ?? "tool",
    arguments: valueText(inner["arguments"] ?? inner["input"] ?? inner["args"] ?? part["server_tool_call"] ?? ""),
  };
}

function resultOf(part: Fields): Part {
  const content = part["response"] ?? part["result"] ?? part["content"] ?? part["output"] ?? part["server_tool_call_response"] ?? "";
  return { kind: "result", id: stringOf(part["id"]) ?? stringOf(part["tool_use_id"]) ?? stringOf(part["call_id"]) ?? "", text: resultText(content) };
}

/** The text of a tool's result: pieces of text are put together, anything else is JSON. */
export function resultText(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content) && content.every((one) => isRecord(one) && (one["type"] === "text" || typeof one["text"] === "string"))) {
    return content.map((one: unknown) => (isRecord(one) ? valueText(one["text"] ?? one["content"]) : "")).join("\n");
  }
  return valueText(content);
}

const MEDIA: Readonly<Record<string, string>> = {
  image: "image", image_url: "image", input_image: "image", audio: "audio", input_audio: "audio", video: "video", file: "file", document: "file", input_file: "file",
  blob: "file", uri: "file",
};

/** Pictures and the like become placeholders: nothing is ever loaded from the net. */
function mediaOf(part: Fields, type: string): Part[] | undefined {
  const what = MEDIA[type];
  if (what === undefined) return undefined;
  const inner = [part["source"], part["image_url"], part["input_audio"], part["file"], part["inline_data"]].find(isRecord) ?? part;
  const link = stringOf(part["uri"]) ?? stringOf(inner["url"]) ?? stringOf(part["image_url"]) ?? stringOf(part["file_id"]) ?? stringOf(inner["file_id"]) ?? "";
  const data = /^data:([^;,]*)[;,]/u.exec(link);
  const content = stringOf(inner["data"]) ?? (type === "blob" ? stringOf(part["content"]) : undefined) ?? (data === null ? undefined : link.slice(link.indexOf(",") + 1));
  return [{
    kind: "media",
    what: stringOf(part["modality"]) ?? what,
    type: stringOf(part["mime_type"]) ?? stringOf(inner["media_type"]) ?? stringOf(inner["mime_type"]) ?? stringOf(inner["format"]) ?? data?.[1] ?? "",
    bytes: content === undefined ? undefined : Math.floor((content.length * 3) / 4),
    from: data === null ? link : "",
  }];
}

/** Pieces without a type that we know: Google's forms, or plain text fields. */
function untyped(part: Fields, type: string): Part[] {
  if (isRecord(part["functionCall"]) || isRecord(part["function_call"])) return [callOf(isRecord(part["function_call"]) ? part["function_call"] : part)];
  const response = part["functionResponse"] ?? part["function_response"];
  if (isRecord(response)) return [{ kind: "result", id: stringOf(response["id"]) ?? "", text: resultText(response["response"] ?? response) }];
  if (isRecord(part["inline_data"])) return mediaOf({ ...part, type: "image" }, "image") ?? [];
  if (type === "" && typeof part["text"] === "string") return textPart(part["text"]);
  if (type === "" && "content" in part) return partsOf(part["content"]);
  return [{ kind: "other", type, text: JSON.stringify(part) }];
}

/** The calls in a message's `tool_calls`. */
export function callsOf(value: unknown): Part[] {
  const list = structureOf(value);
  return Array.isArray(list) ? list.filter(isRecord).map(callOf) : [];
}

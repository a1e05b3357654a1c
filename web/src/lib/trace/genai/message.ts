// What a conversation is made of, whatever dialect it came in.

/** Who speaks. */
export type Role = "system" | "user" | "assistant" | "tool";

/** A piece of a message. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "call"; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly kind: "result"; readonly id: string; readonly text: string }
  /** Pictures, sound, files: never shown, only named. `bytes` where the content came along. */
  | { readonly kind: "media"; readonly what: string; readonly type: string; readonly bytes: number | undefined; readonly from: string }
  /** The beginning of a text that is not loaded. */
  | { readonly kind: "preview"; readonly text: string; readonly bytes: number }
  /** Something that this UI does not know, as JSON. */
  | { readonly kind: "other"; readonly type: string; readonly text: string };

/** One message. */
export interface Message {
  readonly role: Role;
  /** The name that the sender gave the role, where it is another: `developer`, `function`. */
  readonly saidBy: string;
  readonly side: "input" | "output";
  readonly parts: readonly Part[];
  /** Why the model stopped; empty if it was not told. */
  readonly finish: string;
}

/** A tool that the model could call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** Its parameters as JSON text. */
  readonly schema: string;
}

/** What was said in a span. */
export interface Conversation {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  /** Bytes of large values that would have to be loaded for the rest. */
  readonly waitingBytes: number;
  /** Attributes that are shown as part of the conversation. */
  readonly keys: ReadonlySet<string>;
}

/** The role that a word means. */
export function roleOf(word: unknown, fallback: Role): Role {
  switch (typeof word === "string" ? word.toLowerCase() : "") {
    case "system":
    case "developer":
      return "system";
    case "user":
    case "human":
      return "user";
    case "assistant":
    case "ai":
    case "model":
    case "bot":
      return "assistant";
    case "tool":
    case "function":
    case "ipython":
      return "tool";
    default:
      return fallback;
  }
}

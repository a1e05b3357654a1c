// What was said in a span: instructions, messages, calls of tools and their results, as plain text.
import { IconPaperclip } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { formatExact, plural } from "@/lib/numbers";
import type { Conversation as Talk, Message, Part, ToolDefinition } from "@/lib/trace/genai/message";
import { prettyText, previewText } from "@/lib/trace/values";
import { formatBytes } from "@/lib/units";
import classes from "./Panel.module.css";
import { TextBlock } from "./TextBlock";

interface ConversationProps {
  readonly talk: Talk;
  readonly loading: boolean;
  readonly onLoad: () => void;
}

/** With more messages than this those in the middle fold. */
const ALL_MESSAGES = 8;
/** Messages of the input that show before its end. */
const LAST_INPUTS = 3;

/** The conversation. */
export function Conversation({ talk, loading, onLoad }: ConversationProps): ReactElement {
  const [all, setAll] = useState(false);
  const { messages } = talk;
  const hidden = all ? [] : middleOf(messages);
  return (
    <div className={classes.talk}>
      {talk.tools.length === 0 ? null : <Tools tools={talk.tools} />}
      {messages.map((message, index) => {
        if (hidden.includes(index)) {
          return hidden[0] === index ? (
            <button key={index} type="button" className={classes.linkish} onClick={() => setAll(true)}>
              Show {formatExact(hidden.length)} earlier messages
            </button>
          ) : null;
        }
        return <Said key={index} message={message} messages={messages} />;
      })}
      {talk.waitingBytes === 0 ? null : (
        <button type="button" className={classes.load} disabled={loading} onClick={onLoad}>
          {loading ? "Loading …" : `Load the rest of the conversation (${formatBytes(talk.waitingBytes)})`}
        </button>
      )}
    </div>
  );
}

/** Places of the messages between the instructions and the last ones. */
function middleOf(messages: readonly Message[]): readonly number[] {
  if (messages.length <= ALL_MESSAGES) return [];
  const inputs = messages.flatMap((message, index) => (message.side === "input" && message.role !== "system" ? [index] : []));
  return inputs.slice(0, -LAST_INPUTS);
}

const ROLE_WORDS: Readonly<Record<Message["role"], string>> = { system: "System", user: "User", assistant: "Assistant", tool: "Tool" };

function Said({ message, messages }: { readonly message: Message; readonly messages: readonly Message[] }): ReactElement {
  return (
    <>
      {message.parts.map((part, index) => (
        <div key={index} className={classes.said} data-role={message.role}>
          <div className={classes.speaker}>
            {speakerOf(message, part, messages)}
            {message.finish === "" || index < message.parts.length - 1 || ["stop", "end_turn", "tool_call", "tool_calls", "tool_use"].includes(message.finish) ? null : (
              <span className={classes.finish}>stopped: {message.finish}</span>
            )}
          </div>
          <PartView part={part} />
        </div>
      ))}
    </>
  );
}

/** Who says a part: `Assistant`, `Tool call: edit_file`, `Tool result: edit_file`. */
function speakerOf(message: Message, part: Part, messages: readonly Message[]): string {
  if (part.kind === "call") return `Tool call: ${part.name}`;
  if (part.kind === "result") {
    const call = part.id === "" ? undefined : messages.flatMap((one) => one.parts).find((one) => one.kind === "call" && one.id === part.id);
    return call?.kind === "call" ? `Tool result: ${call.name}` : "Tool result";
  }
  if (part.kind === "reasoning") return `${ROLE_WORDS[message.role]}, reasoning`;
  return message.saidBy === "" ? ROLE_WORDS[message.role] : `${ROLE_WORDS[message.role]} (${message.saidBy})`;
}

function PartView({ part }: { readonly part: Part }): ReactElement {
  switch (part.kind) {
    case "text": {
      const pretty = prettyText(part.text);
      return <TextBlock text={pretty} what="message" mono={pretty !== part.text} />;
    }
    case "reasoning":
      return <TextBlock text={part.text} what="reasoning" lines={4} />;
    case "call":
      return <TextBlock text={part.arguments === "" ? "(no arguments)" : prettyText(part.arguments)} what="arguments" mono />;
    case "result":
      return <TextBlock text={part.text === "" ? "(empty)" : prettyText(part.text)} what="result" mono />;
    case "preview":
      return <div className={classes.prose}>{previewText(part.text)}…</div>;
    case "media":
      return (
        <div className={classes.media}>
          <IconPaperclip size={14} aria-hidden />
          {[part.what, part.type, part.bytes === undefined ? "" : formatBytes(part.bytes)].filter((word) => word !== "").join(", ")}
          {part.from === "" ? null : <code className={classes.from}>{part.from.slice(0, 200)}</code>}
        </div>
      );
    default:
      return <TextBlock text={prettyText(part.text)} what={part.type === "" ? "part" : part.type} mono lines={6} />;
  }
}

function Tools({ tools }: { readonly tools: readonly ToolDefinition[] }): ReactElement {
  return (
    <details className={classes.details}>
      <summary>{plural(tools.length, "tool")} on offer</summary>
      <ul className={classes.tools}>
        {tools.map((tool, index) => (
          <li key={index}>
            <code>{tool.name}</code> <span className={classes.quiet}>{tool.description}</span>
            {tool.schema === "" ? null : <TextBlock text={tool.schema} what={`schema of ${tool.name}`} mono lines={3} />}
          </li>
        ))}
      </ul>
    </details>
  );
}

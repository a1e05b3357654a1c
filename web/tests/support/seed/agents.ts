// Runs of agents: conversations, tools, tokens and cost, an idle gap, and one tool called over and over.
import { AGENT, AGENT_LATER } from "./constants";
import type { Attributes, SeedSpan } from "./otlp";
import { Random } from "./random";
import { push, type Made } from "./traffic";

const SERVICE = "orchestrator";
const MODEL = "claude-sonnet-4-5";

/** Both runs. */
export function agents(into: Made): void {
  run(into, { traceId: AGENT.traceId, prefix: "a9e47", startMs: AGENT.startMs, factor: 1, failedTool: false });
  run(into, { traceId: AGENT_LATER.traceId, prefix: "a9e48", startMs: AGENT_LATER.startMs, factor: 1.4, failedTool: true });
}

interface Run {
  readonly traceId: string;
  readonly prefix: string;
  readonly startMs: number;
  readonly factor: number;
  readonly failedTool: boolean;
}

/** Makes the spans of one run in order of time. */
class Maker {
  #count = 0;
  #clock: number;
  readonly #random = new Random(42);

  constructor(private readonly into: Made, private readonly run: Run) {
    this.#clock = run.startMs;
  }

  get now(): number {
    return this.#clock;
  }

  /** Time in which nothing is done. */
  wait(ms: number): void {
    this.#clock += ms;
  }

  id(): string {
    this.#count += 1;
    return this.run.prefix + String(this.#count).padStart(11, "0");
  }

  /** Something that takes about so long; `inside` runs within it. */
  span(name: string, parent: string | undefined, rest: Partial<SeedSpan>, inside: number | ((id: string) => void)): void {
    const spanId = this.id();
    const startMs = this.#clock;
    if (typeof inside === "number") this.#clock += this.#random.between(0.8, 1.2) * inside * this.run.factor;
    else inside(spanId);
    push(this.into.spans, SERVICE, {
      traceId: this.run.traceId, spanId, name, startMs, endMs: this.#clock, ...rest,
      ...(parent === undefined ? {} : { parent }),
    });
    this.#clock += this.#random.between(1, 6);
  }

  chat(parent: string, agent: string, words: { readonly asks: string; readonly answers: string; readonly system?: string }): void {
    const input = 900 + this.#random.below(6_000);
    const output = 80 + this.#random.below(900);
    const attributes: Attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": MODEL,
      "gen_ai.response.model": MODEL,
      "gen_ai.agent.name": agent,
      "gen_ai.conversation.id": AGENT.conversation,
      "gen_ai.request.temperature": 0.2,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": input,
      "gen_ai.usage.cache_read.input_tokens": Math.floor(input * 0.6),
      "gen_ai.usage.output_tokens": output,
      "gen_ai.usage.cost": Number((input * 0.000003 + output * 0.000015).toFixed(6)),
      "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: words.system ?? `You are the ${agent}.` }]),
      "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: words.asks }] }]),
      "gen_ai.output.messages": JSON.stringify([
        { role: "assistant", parts: [{ type: "text", content: words.answers }], finish_reason: "stop" },
      ]),
    };
    this.span(`chat ${MODEL}`, parent, { kind: 3, attributes }, 2_400);
  }

  tool(parent: string, agent: string, name: string, text: { readonly arguments: object; readonly result: string; readonly error?: string }): void {
    const attributes: Attributes = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": name,
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": `call_${this.#count}`,
      "gen_ai.agent.name": agent,
      "gen_ai.tool.call.arguments": JSON.stringify(text.arguments),
      "gen_ai.tool.call.result": text.result,
    };
    this.span(`execute_tool ${name}`, parent, { attributes, ...(text.error === undefined ? {} : { error: text.error }) }, 120);
  }

  agent(parent: string, name: string, inside: (id: string) => void): void {
    const attributes: Attributes = {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": name,
      "gen_ai.conversation.id": AGENT.conversation,
    };
    this.span(`invoke_agent ${name}`, parent, { attributes }, inside);
  }
}

const LONG_PROMPT = Array.from(
  { length: 160 },
  (_, index) => `${index + 1}. The file src/queue/worker_${index}.rs must keep its order of locks; see the note of last week.`,
).join("\n");

function run(into: Made, which: Run): void {
  const make = new Maker(into, which);
  const workflow: Attributes = {
    "gen_ai.operation.name": "invoke_workflow",
    "gen_ai.workflow.name": "fix-flaky-test",
    "session.id": "s-20261120",
    "vcs.repository.name": "queue",
  };
  make.span("invoke_workflow fix-flaky-test", undefined, { kind: 2, attributes: workflow }, (root) => {
    make.agent(root, "planner", (id) => {
      make.chat(id, "planner", {
        asks: `The test queue::drain fails one run in twenty. Find out why.\n\n${LONG_PROMPT}`,
        answers: "Two threads take the locks in opposite order. I hand over to the coder.",
      });
      make.tool(id, "planner", "search", { arguments: { query: "drain" }, result: "12 matches in 4 files" });
    });
    make.agent(root, "coder", (id) => {
      make.chat(id, "coder", { asks: "Make every worker take the locks in one order.", answers: "I change 41 files." });
      for (let edit = 0; edit < AGENT.edits; edit += 1) {
        make.tool(id, "coder", "edit_file", { arguments: { path: `src/queue/worker_${edit}.rs` }, result: "1 hunk" });
      }
    });
    make.agent(root, "browser", (id) => {
      make.tool(id, "browser", "fetch", {
        arguments: { url: "https://docs.example.com/locks" },
        result: which.failedTool ? "" : "The page says: lock in address order.",
        ...(which.failedTool ? { error: "404 Not Found" } : {}),
      });
    });
    // A person has to approve; nothing happens meanwhile.
    make.wait(8 * 60_000);
    make.agent(root, "reviewer", (id) => {
      make.chat(id, "reviewer", { asks: "Review the change.", answers: "The order is right everywhere. Approved." });
    });
  });
}

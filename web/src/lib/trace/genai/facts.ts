// What a model call used and how it was asked, in words and figures, from the attributes of its span.
import { formatExact, formatMoney, formatPercent } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import { numberOf, stringOf, structureOf, valueText, type Attributes } from "../values";

/** One line: what and how much. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** The first number among these attributes. */
function first(attributes: Attributes, ...keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = numberOf(attributes[key]);
    if (value !== undefined) return value;
  }
  return undefined;
}

function word(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = stringOf(attributes[key]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Lines about model, tokens, money and settings; none for spans that are no model call. */
export function modelFacts(attributes: Attributes): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") facts.push({ name, value });
  };
  const asked = word(attributes, "gen_ai.request.model", "llm.model_name", "ai.model.id");
  const answered = word(attributes, "gen_ai.response.model", "ai.response.model");
  add("Model", answered !== undefined && asked !== undefined && answered !== asked ? `${answered} (asked for ${asked})` : (answered ?? asked));
  add("Provider", word(attributes, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "ai.model.provider"));
  const input = first(attributes, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "ai.usage.promptTokens", "ai.usage.inputTokens");
  const output = first(attributes, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion", "ai.usage.completionTokens", "ai.usage.outputTokens");
  const cached = first(attributes, "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read");
  const written = first(attributes, "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write");
  const reasoning = first(attributes, "gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning");
  if (input !== undefined) {
    const notes = [
      ...(cached !== undefined && cached > 0 ? [`${formatExact(cached)} from cache${input >= cached && input > 0 ? `, ${formatPercent(cached / input)}` : ""}`] : []),
      ...(written !== undefined && written > 0 ? [`${formatExact(written)} written to it`] : []),
    ];
    add("Tokens in", formatExact(input) + (notes.length === 0 ? "" : ` (${notes.join("; ")})`));
  }
  if (output !== undefined) add("Tokens out", formatExact(output) + (reasoning !== undefined && reasoning > 0 ? ` (${formatExact(reasoning)} reasoning)` : ""));
  const cost = first(attributes, "gen_ai.usage.cost", "gen_ai.usage.cost.amount", "operation.cost", "ai.total_cost", "cost_usd");
  add("Cost", cost === undefined ? undefined : formatMoney(cost));
  add("Finish reason", finishReasons(attributes));
  const firstChunk = first(attributes, "gen_ai.response.time_to_first_chunk");
  add("First answer after", firstChunk === undefined ? undefined : formatDuration(firstChunk * 1000));
  for (const [name, key] of SETTINGS) if (attributes[key] !== undefined) add(name, valueText(attributes[key]));
  return facts;
}

const SETTINGS: readonly (readonly [string, string])[] = [
  ["Temperature", "gen_ai.request.temperature"],
  ["Top p", "gen_ai.request.top_p"],
  ["Top k", "gen_ai.request.top_k"],
  ["Most tokens", "gen_ai.request.max_tokens"],
  ["Stop at", "gen_ai.request.stop_sequences"],
  ["Seed", "gen_ai.request.seed"],
  ["Output", "gen_ai.output.type"],
];

function finishReasons(attributes: Attributes): string | undefined {
  const value = attributes["gen_ai.response.finish_reasons"] ?? attributes["gen_ai.response.finish_reason"] ?? attributes["ai.response.finishReason"];
  if (value === undefined) return undefined;
  const list = structureOf(value);
  return Array.isArray(list) ? list.map((one) => valueText(one)).join(", ") : valueText(value);
}

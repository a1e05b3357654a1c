//! Tokens, money and calls of models and tools, as spans tell them. Names of three generations of
//! the GenAI conventions and of other dialects are read.
//!
//! Tokens in include cached ones, tokens out include reasoning. Agents repeat what their model
//! calls used: of nested spans those count that have none below them that tells the same.

use crate::cells::{each_number, each_text};
use std::collections::HashMap;
use tacho_model::json;
use tacho_model::value::Value;
use tacho_storage::columns::span_batch::SpanBatch;

/// What was used.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Calls of models.
    pub model_calls: u64,
    /// Calls of tools.
    pub tool_calls: u64,
    /// Tokens in, cached ones included.
    pub input_tokens: u64,
    /// Tokens in that came from the cache.
    pub cached_tokens: u64,
    /// Tokens out, reasoning included.
    pub output_tokens: u64,
    /// US dollars; `None` if no span told a cost.
    pub cost_usd: Option<f64>,
}

impl Usage {
    /// Adds what another used.
    pub fn add(&mut self, other: &Self) {
        self.model_calls += other.model_calls;
        self.tool_calls += other.tool_calls;
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        if let Some(cost) = other.cost_usd {
            self.cost_usd = Some(self.cost_usd.unwrap_or(0.0) + cost);
        }
    }
}

/// What the attributes of one span tell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Told {
    input: Option<u64>,
    /// `input` leaves cached tokens out, as Anthropic's own counts do.
    input_is_fresh: bool,
    cache_read: Option<u64>,
    cache_created: Option<u64>,
    output: Option<u64>,
    cost: Option<f64>,
    /// The cost is of another currency than the US dollar.
    foreign: bool,
}

impl Told {
    /// Whether tokens were told.
    pub(crate) fn has_tokens(&self) -> bool {
        self.input.is_some() || self.output.is_some()
    }

    /// The cost in US dollars.
    pub(crate) fn cost_usd(&self) -> Option<f64> {
        self.cost.filter(|_| !self.foreign)
    }

    /// Tokens in, of these from the cache, tokens out.
    pub(crate) fn tokens(&self) -> (u64, u64, u64) {
        let cached = self.cache_read.unwrap_or(0);
        let around = cached.saturating_add(self.cache_created.unwrap_or(0));
        let mut input = self.input.unwrap_or(0);
        // Fewer tokens in than cached ones: the sender did not count those.
        if self.input_is_fresh || input < around {
            input = input.saturating_add(around);
        }
        (input, cached, self.output.unwrap_or(0))
    }
}

/// Sets one thing that was told, if nothing more trusted has.
type Take = fn(&mut Told, f64);

fn first(slot: &mut Option<u64>, number: f64) {
    if number >= 0.0 {
        slot.get_or_insert(number as u64);
    }
}

fn first_cost(told: &mut Told, number: f64) {
    if number >= 0.0 {
        told.cost.get_or_insert(number);
    }
}

const INPUT: Take = |told, number| first(&mut told.input, number);
const FRESH_INPUT: Take = |told, number| {
    told.input_is_fresh |= told.input.is_none();
    first(&mut told.input, number);
};
const CACHE_READ: Take = |told, number| first(&mut told.cache_read, number);
const CACHE_CREATED: Take = |told, number| first(&mut told.cache_created, number);
const OUTPUT: Take = |told, number| first(&mut told.output, number);
const COST: Take = first_cost;

/// Keys with numbers, the most trusted first.
const NUMBERS: &[(&str, Take)] = &[
    ("gen_ai.usage.input_tokens", INPUT),
    ("gen_ai.usage.prompt_tokens", INPUT),
    ("llm.token_count.prompt", INPUT),
    ("llm.usage.prompt_tokens", INPUT),
    ("ai.usage.inputTokens", INPUT),
    ("ai.usage.promptTokens", INPUT),
    ("input_tokens", FRESH_INPUT),
    ("gen_ai.usage.cache_read.input_tokens", CACHE_READ),
    ("gen_ai.usage.cache_read_input_tokens", CACHE_READ),
    ("llm.token_count.prompt_details.cache_read", CACHE_READ),
    ("ai.usage.cachedInputTokens", CACHE_READ),
    ("cache_read_tokens", CACHE_READ),
    ("gen_ai.usage.cache_creation.input_tokens", CACHE_CREATED),
    ("gen_ai.usage.cache_creation_input_tokens", CACHE_CREATED),
    ("llm.token_count.prompt_details.cache_write", CACHE_CREATED),
    ("cache_creation_tokens", CACHE_CREATED),
    ("gen_ai.usage.output_tokens", OUTPUT),
    ("gen_ai.usage.completion_tokens", OUTPUT),
    ("llm.token_count.completion", OUTPUT),
    ("llm.usage.completion_tokens", OUTPUT),
    ("ai.usage.outputTokens", OUTPUT),
    ("ai.usage.completionTokens", OUTPUT),
    ("output_tokens", OUTPUT),
    ("gen_ai.usage.cost.amount", COST),
    ("gen_ai.usage.cost", COST),
    ("gen_ai.usage.cost.total", COST),
    ("llm.cost.total", COST),
    ("operation.cost", COST),
    ("ai.total_cost", COST),
    ("cost_usd", COST),
];

/// Parts of a cost that sum to it, where no whole was told.
const COST_PARTS: &[&str] = &[
    "gen_ai.usage.input_cost",
    "gen_ai.usage.output_cost",
    "gen_ai.usage.cost.input",
    "gen_ai.usage.cost.output",
    "gen_ai.usage.cost.cache_read.input",
    "gen_ai.usage.cost.cache_creation.input",
];
/// A map of parts as text, with `total` or without.
const COST_DETAILS: &str = "langfuse.observation.cost_details";
const CURRENCY: &str = "gen_ai.usage.cost.currency";

/// Keys that usage is read of; a projection must have them.
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    let numbers = NUMBERS.iter().map(|(key, _)| *key);
    numbers
        .chain(COST_PARTS.iter().copied())
        .chain([COST_DETAILS, CURRENCY])
}

/// What rows tell; rows that tell nothing are not in it.
pub(crate) fn told(batch: &SpanBatch) -> HashMap<u32, Told> {
    let attributes = &batch.shared.attributes;
    let mut rows: HashMap<u32, Told> = HashMap::new();
    for (key, take) in NUMBERS {
        each_number(attributes, key, |row, number| {
            take(rows.entry(row as u32).or_default(), number);
        });
    }
    let mut sums: HashMap<u32, f64> = HashMap::new();
    for key in COST_PARTS {
        each_number(attributes, key, |row, number| {
            *sums.entry(row as u32).or_default() += number.max(0.0);
        });
    }
    each_text(attributes, COST_DETAILS, |row, text| {
        if let Some(sum) = of_details(text) {
            sums.entry(row as u32).or_insert(sum);
        }
    });
    for (row, sum) in sums {
        first_cost(rows.entry(row).or_default(), sum);
    }
    each_text(attributes, CURRENCY, |row, text| {
        if let Some(told) = rows.get_mut(&(row as u32)) {
            told.foreign = !text.eq_ignore_ascii_case("USD");
        }
    });
    rows
}

/// The total of a map of costs, or their sum.
fn of_details(text: &str) -> Option<f64> {
    let Ok(Value::Map(pairs)) = json::parse(text) else {
        return None;
    };
    let number = |value: &Value| match value {
        Value::Int(number) => Some(*number as f64),
        Value::Double(number) if number.is_finite() => Some(*number),
        _ => None,
    };
    let total = pairs.iter().find(|(key, _)| key == "total");
    match total {
        Some((_, total)) => number(total),
        None => Some(pairs.iter().filter_map(|(_, part)| number(part)).sum()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Told, told};
    use tacho_model::span::Span;
    use tacho_model::value::Value;
    use tacho_storage::columns::span_batch::SpanBatch;

    fn of(pairs: &[(&str, Value)]) -> Told {
        let mut batch = SpanBatch::default();
        let span = Span {
            attributes: pairs.iter().map(|(k, v)| (*k, v.clone())).collect(),
            ..Span::default()
        };
        batch.push_span(&span, 0, 0);
        told(&batch).get(&0).copied().unwrap_or_default()
    }

    #[test]
    fn cached_tokens_are_part_of_the_input() {
        let semantic = of(&[
            ("gen_ai.usage.input_tokens", Value::Int(100)),
            ("gen_ai.usage.cache_read.input_tokens", Value::Int(80)),
            ("gen_ai.usage.cache_creation.input_tokens", Value::Int(5)),
            ("gen_ai.usage.output_tokens", Value::Int(7)),
        ]);
        assert_eq!(semantic.tokens(), (100, 80, 7));
        let anthropic = of(&[
            ("input_tokens", Value::Int(100)),
            ("cache_read_tokens", Value::Int(80)),
            ("cache_creation_tokens", Value::Int(5)),
        ]);
        assert_eq!(anthropic.tokens(), (185, 80, 0));
        let forgotten = of(&[
            ("gen_ai.usage.input_tokens", Value::Int(4)),
            ("gen_ai.usage.cache_read_input_tokens", Value::Int(80)),
        ]);
        assert_eq!(forgotten.tokens(), (84, 80, 0));
    }

    #[test]
    fn old_names_and_texts_are_read() {
        let old = of(&[
            ("gen_ai.usage.prompt_tokens", Value::from("12")),
            ("gen_ai.usage.completion_tokens", Value::Double(3.0)),
        ]);
        assert_eq!(old.tokens(), (12, 0, 3));
        let both = of(&[
            ("gen_ai.usage.prompt_tokens", Value::Int(12)),
            ("gen_ai.usage.input_tokens", Value::Int(13)),
        ]);
        assert_eq!(both.tokens(), (13, 0, 0));
        assert!(!of(&[("gen_ai.usage.input_tokens", Value::Int(-1))]).has_tokens());
    }

    #[test]
    fn every_spelling_of_a_cost_counts_once() {
        let cost = |pairs: &[(&str, Value)]| of(pairs).cost_usd();
        assert_eq!(
            cost(&[("gen_ai.usage.cost", Value::Double(0.5))]),
            Some(0.5)
        );
        let parts = [
            ("gen_ai.usage.input_cost", Value::Double(0.25)),
            ("gen_ai.usage.output_cost", Value::Double(0.5)),
        ];
        assert_eq!(cost(&parts), Some(0.75));
        let whole = [parts[0].clone(), ("operation.cost", Value::Double(2.0))];
        assert_eq!(cost(&whole), Some(2.0));
        let details = |text| cost(&[("langfuse.observation.cost_details", Value::from(text))]);
        assert_eq!(details(r#"{"input":1,"output":2.5}"#), Some(3.5));
        assert_eq!(details(r#"{"input":1,"total":4}"#), Some(4.0));
        assert_eq!(details("nonsense"), None);
        let amount = |currency: &str| {
            cost(&[
                ("gen_ai.usage.cost.amount", Value::Double(1.0)),
                ("gen_ai.usage.cost.currency", Value::from(currency)),
            ])
        };
        assert_eq!((amount("USD"), amount("EUR")), (Some(1.0), None));
    }
}

//! A call to the language model as the rest of the world sees it: an `llm_call` span with GenAI
//! attributes, rate limits answered by waiting, the answer added to the conversation.

use opentelemetry::trace::SpanKind;
use opentelemetry::{Array, KeyValue, StringValue, Value};

use crate::conversation::{Conversation, TOOL_DEFINITIONS, answer_message};
use crate::error::TaskError;
use crate::events::{EventKind, TaskEvent};
use crate::model::{Reply, StandIn, Usage};
use crate::pace::Pace;
use crate::scope::{Scope, millis};
use crate::tool::ToolCall;

/// How often a rate-limited call is tried.
const ATTEMPT_COUNT_MAX: u32 = 6;
const RATE_LIMITED: &str = "rate_limited";

/// The agent that asks.
#[derive(Debug, Clone)]
pub(crate) struct Speaker {
    pub(crate) agent_id: String,
    pub(crate) agent_type: &'static str,
}

/// What the model is going to say.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) text: &'a str,
    /// A tool call with its id.
    pub(crate) call: Option<(&'a str, &'a ToolCall)>,
}

impl Speaker {
    /// Attributes of every span about this agent's thinking.
    pub(crate) fn attributes(&self, model: &'static str) -> Vec<KeyValue> {
        vec![
            KeyValue::new("agent.id", self.agent_id.clone()),
            KeyValue::new("agent.type", self.agent_type),
            KeyValue::new("agent.model", model),
            KeyValue::new("model", model),
            KeyValue::new("gen_ai.agent.id", self.agent_id.clone()),
            KeyValue::new("gen_ai.agent.name", self.agent_type),
            KeyValue::new("gen_ai.request.model", model),
        ]
    }
}

/// Asks the model below `scope`, waits while it is rate-limited, and adds its answer to the
/// conversation.
pub(crate) async fn ask(
    scope: &Scope,
    speaker: &Speaker,
    stand_in: &mut StandIn,
    conversation: &mut Conversation,
    answer: Answer<'_>,
    pace: &Pace,
) -> Result<Usage, TaskError> {
    let call = answer
        .call
        .map(|(id, call)| (id, call.name(), call.arguments()));
    let finish_reason = if call.is_some() { "tool_call" } else { "stop" };
    let (history, output) = answer_message(answer.text, call);
    for attempt in 0..ATTEMPT_COUNT_MAX {
        let span = open(scope, speaker, stand_in, conversation);
        span.set("retry.count", i64::from(attempt));
        let reply = stand_in.reply(
            conversation.prompt_bytes(),
            conversation.sent_bytes(),
            history.len(),
        );
        match reply {
            Reply::Answer { id, usage, latency } => {
                let waited = pace.sleep(latency).await;
                if waited.is_ok() {
                    span.set_all(response_attributes(
                        id,
                        stand_in.profile.model,
                        finish_reason,
                    ));
                    span.set_all(usage_attributes(usage));
                    span.set("gen_ai.output.messages", output);
                }
                let result = waited.as_ref().map(|()| usage);
                span.metrics()
                    .model_called(&span, speaker, stand_in.profile, result);
                span.finish("llm_call", waited)?;
                conversation.push_answer(history);
                return Ok(usage);
            }
            Reply::RateLimited {
                latency,
                retry_after,
            } => {
                let waited = pace.sleep(latency).await;
                let refused = waited.and_then(|()| refuse(&span, millis(retry_after)));
                let result = refused.as_ref().map(|()| Usage::default());
                span.metrics()
                    .model_called(&span, speaker, stand_in.profile, result);
                span.finish("llm_call", refused)
                    .or_else(go_on_after_refusal)?;
                pace.sleep(retry_after).await?;
            }
        }
    }
    let model = stand_in.profile.model;
    Err(TaskError::new(
        RATE_LIMITED,
        format!("{model} refused {ATTEMPT_COUNT_MAX} times"),
    ))
}

/// A refusal is no failure yet, because the call is tried again.
fn go_on_after_refusal(error: TaskError) -> Result<(), TaskError> {
    if error.code() == RATE_LIMITED {
        Ok(())
    } else {
        Err(error)
    }
}

fn open(
    scope: &Scope,
    speaker: &Speaker,
    stand_in: &StandIn,
    conversation: &Conversation,
) -> Scope {
    let profile = stand_in.profile;
    // Anthropic takes the system prompt apart from the messages, OpenAI as the first of them.
    let with_system = profile.provider == "openai";
    let mut attributes = speaker.attributes(profile.model);
    attributes.extend([
        KeyValue::new("gen_ai.operation.name", "chat"),
        KeyValue::new("gen_ai.provider.name", profile.provider),
        KeyValue::new("gen_ai.conversation.id", conversation.id().to_owned()),
        KeyValue::new("gen_ai.output.type", "text"),
        KeyValue::new("gen_ai.request.max_tokens", 8_192),
        KeyValue::new("gen_ai.request.temperature", 0.2),
        KeyValue::new("gen_ai.tool.definitions", TOOL_DEFINITIONS),
        KeyValue::new(
            "gen_ai.input.messages",
            conversation.input_messages(with_system),
        ),
        KeyValue::new("server.address", profile.server),
        KeyValue::new("server.port", 443),
    ]);
    if !with_system {
        attributes.push(KeyValue::new(
            "gen_ai.system_instructions",
            conversation.system_instructions(),
        ));
    }
    scope.child("llm_call", SpanKind::Client, attributes)
}

fn refuse(span: &Scope, retry_after_ms: i64) -> Result<(), TaskError> {
    span.set("http.response.status_code", 429);
    span.emit(
        TaskEvent::new(
            EventKind::LlmRateLimited,
            "the model answered 429, too many requests",
        )
        .with("retry_after_ms", retry_after_ms)
        .tag("llm"),
    );
    Err(TaskError::new(
        RATE_LIMITED,
        format!("429 too many requests, retry in {retry_after_ms} ms"),
    ))
}

fn response_attributes(
    id: String,
    model: &'static str,
    finish_reason: &'static str,
) -> Vec<KeyValue> {
    let reasons = Array::String(vec![StringValue::from(finish_reason)]);
    vec![
        KeyValue::new("gen_ai.response.id", id),
        KeyValue::new("gen_ai.response.model", model),
        KeyValue::new("gen_ai.response.finish_reasons", Value::Array(reasons)),
        KeyValue::new("http.response.status_code", 200),
    ]
}

/// Token counts under their GenAI names.
pub(crate) fn usage_attributes(usage: Usage) -> Vec<KeyValue> {
    vec![
        KeyValue::new("gen_ai.usage.input_tokens", usage.input),
        KeyValue::new("gen_ai.usage.cache_read.input_tokens", usage.cache_read),
        KeyValue::new(
            "gen_ai.usage.cache_creation.input_tokens",
            usage.cache_creation,
        ),
        KeyValue::new("gen_ai.usage.output_tokens", usage.output),
        KeyValue::new("gen_ai.usage.reasoning.output_tokens", usage.reasoning),
    ]
}

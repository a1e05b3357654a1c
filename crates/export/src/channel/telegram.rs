//! Telegram: messages of a bot; later ones of a group answer the first.
//!
//! Source: <https://core.telegram.org/bots/api#sendmessage>.

use super::{Answer, ChannelRequest, Method, Plan, Secrets, Verdict, wait};
use crate::message::markup::Markup;
use crate::message::text::{self, Links};
use crate::message::{Writer, cut};
use crate::receiver::telegram::Telegram;
use serde_json::{Value, json};

/// Longest text, UTF-16 units.
const TEXT_MAX: usize = 4_096;

/// The calls of a notification.
pub fn plan(telegram: &Telegram, writer: &Writer<'_>, secrets: &Secrets) -> Plan {
    let url = format!("{}/bot{}/sendMessage", telegram.api_url, secrets.token);
    let own = || {
        let heading = writer.markup().bold(&writer.facts().title);
        format!("{heading}\n{}", writer.default_text(Links::Told))
    };
    let mut text = writer.fill(&telegram.message, own);
    if text.trim().is_empty() || cut::utf16(&text) > TEXT_MAX && telegram.marks.name().is_some() {
        // marks of a text of one's own may span lines: it cannot be cut
        text = own();
    }
    let notice = writer.notice();
    let room = TEXT_MAX.saturating_sub(cut::utf16(&notice) + 1);
    let text = writer.with_notice(cut::lines(&text, room));
    let chat = match secrets.chat.trim().parse::<i64>() {
        Ok(number) => json!(number),
        Err(_) => json!(secrets.chat.trim()),
    };
    let mut message = json!({
        "chat_id": chat,
        "text": text,
        "disable_notification": telegram.is_silent,
        "link_preview_options": {"is_disabled": true},
    });
    if let Some(topic) = telegram.topic {
        message["message_thread_id"] = json!(topic);
    }
    let first = writer.notification().thread.as_deref();
    if let Some(first) = first.and_then(|first| first.parse::<i64>().ok()) {
        message["reply_parameters"] =
            json!({"message_id": first, "allow_sending_without_reply": true});
    }
    let plain = message.clone();
    if let Some(mode) = telegram.marks.name() {
        message["parse_mode"] = json!(mode);
    }
    let mut plan = Plan::one(ChannelRequest::json(Method::Post, url.as_str(), &message));
    if telegram.marks.name().is_some() {
        plan.plainer = Some(plainer(writer, plain, &url));
    }
    plan
}

/// The message without marks.
fn plainer(writer: &Writer<'_>, mut message: Value, url: &str) -> ChannelRequest {
    let facts = writer.facts();
    let body = text::text(facts, Markup::Plain, Links::Told);
    let text = format!("{}\n{body}", facts.title);
    message["text"] = json!(cut::lines(&text, TEXT_MAX));
    ChannelRequest::json(Method::Post, url, &message)
}

/// What an answer means: it names the message, and the wait in the body of a 429.
pub fn verdict(answer: &Answer<'_>) -> Verdict {
    let body = answer.json().unwrap_or_default();
    let said = body.get("description").and_then(Value::as_str);
    match answer.verdict() {
        Verdict::Sent { .. } if body.get("ok") == Some(&Value::Bool(false)) => Verdict::Refused {
            error: format!("Telegram answers {}", said.unwrap_or("no")),
        },
        Verdict::Sent { .. } => {
            let id = body.pointer("/result/message_id").and_then(Value::as_i64);
            Verdict::Sent {
                thread: id.map(|id| id.to_string()),
            }
        }
        Verdict::Retry { after, error } => {
            let asked = body.pointer("/parameters/retry_after");
            Verdict::Retry {
                after: asked.and_then(Value::as_f64).and_then(wait).or(after),
                error,
            }
        }
        Verdict::Refused { error } if said.is_some_and(|said| said.contains("parse entities")) => {
            Verdict::Unreadable { error }
        }
        other => other,
    }
}

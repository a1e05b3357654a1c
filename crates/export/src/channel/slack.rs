//! Slack: a webhook, or a bot with `chat.postMessage`.
//!
//! A bot's later messages of a group join the thread of the first, whose colour is brought up to
//! date; a webhook cannot do that, so its later messages are new ones.
//! Sources: <https://docs.slack.dev/reference/methods/chat.postMessage>,
//! <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.

use super::{Answer, ChannelRequest, Method, Plan, Secrets, Verdict};
use crate::message::text::Links;
use crate::message::{Writer, cut, page};
use crate::notification::Reason;
use crate::receiver::slack::{Action, POST_MESSAGE, Slack};
use serde_json::{Map, Value, json};

/// Longest title of an attachment, characters.
const TITLE_CHARS_MAX: usize = 1_024;
/// Longest text of an attachment, UTF-16 units.
const TEXT_MAX: usize = 7_500;
/// Buttons of an attachment.
const BUTTONS_MAX: usize = 5;

/// The calls of a notification.
pub fn plan(slack: &Slack, writer: &Writer<'_>, secrets: &Secrets) -> Plan {
    let is_bot = secrets.url.ends_with(POST_MESSAGE);
    let mut message = message(slack, writer);
    let thread = writer.notification().thread.as_deref().filter(|_| is_bot);
    let Some((channel, ts)) = thread.and_then(|thread| thread.split_once('/')) else {
        let channel = writer.fill_or_empty(&slack.channel);
        set(&mut message, "channel", channel);
        return Plan::one(call(&secrets.url, message, secrets));
    };
    let update_url = secrets.url.replace(POST_MESSAGE, "/chat.update");
    let mut update = message.clone();
    update.insert("channel".to_owned(), json!(channel));
    update.insert("ts".to_owned(), json!(ts));
    let update = call(&update_url, update, secrets);
    if slack.update_message {
        return Plan::one(update);
    }
    message.insert("channel".to_owned(), json!(channel));
    message.insert("thread_ts".to_owned(), json!(ts));
    let reason = writer.notification().reason;
    if matches!(reason, Reason::Escalation { .. } | Reason::Reopened) {
        // those who do not follow the thread must see it
        message.insert("reply_broadcast".to_owned(), json!(true));
    }
    Plan {
        main: call(&secrets.url, message, secrets),
        plainer: None,
        after: vec![update],
    }
}

fn call(url: &str, message: Map<String, Value>, secrets: &Secrets) -> ChannelRequest {
    let mut request = ChannelRequest::json(Method::Post, url, &Value::Object(message));
    if !secrets.token.is_empty() {
        let header = format!("Bearer {}", secrets.token);
        request.headers.push(("authorization", header));
    }
    request
}

/// Sets a field unless it is empty.
fn set(map: &mut Map<String, Value>, name: &str, text: String) {
    if !text.is_empty() {
        map.insert(name.to_owned(), Value::String(text));
    }
}

fn message(slack: &Slack, writer: &Writer<'_>) -> Map<String, Value> {
    let mut message = Map::new();
    set(
        &mut message,
        "username",
        writer.fill_or_empty(&slack.username),
    );
    set(
        &mut message,
        "icon_emoji",
        writer.fill_or_empty(&slack.icon_emoji),
    );
    set(
        &mut message,
        "icon_url",
        writer.fill_or_empty(&slack.icon_url),
    );
    if slack.link_names {
        message.insert("link_names".to_owned(), json!(true));
    }
    let text = writer.fill_or_empty(&slack.message_text);
    set(&mut message, "text", cut::lines(&text, TEXT_MAX));
    let attachment = attachment(slack, writer);
    message.insert("attachments".to_owned(), json!([attachment]));
    message
}

fn attachment(slack: &Slack, writer: &Writer<'_>) -> Value {
    let mut out = Map::new();
    let title = writer.fill(&slack.title, || writer.default_title());
    set(&mut out, "title", cut::chars(&title, TITLE_CHARS_MAX));
    set(
        &mut out,
        "title_link",
        writer.fill_or_empty(&slack.title_link),
    );
    set(&mut out, "pretext", writer.fill_or_empty(&slack.pretext));
    let default_color = || page::color(writer.facts()).to_owned();
    set(&mut out, "color", writer.fill(&slack.color, default_color));
    set(
        &mut out,
        "image_url",
        writer.fill_or_empty(&slack.image_url),
    );
    set(
        &mut out,
        "thumb_url",
        writer.fill_or_empty(&slack.thumb_url),
    );
    let fallback = writer.fill(&slack.fallback, || writer.default_title());
    out.insert(
        "fallback".to_owned(),
        json!(cut::chars(&fallback, TITLE_CHARS_MAX)),
    );
    for (name, template) in [
        ("callback_id", &slack.callback_id),
        ("footer", &slack.footer),
    ] {
        set(&mut out, name, writer.fill_or_empty(template));
    }
    let fields: Vec<Value> = slack
        .fields
        .iter()
        .map(|field| {
            json!({
                "title": writer.fill_or_empty(&field.title),
                "value": cut::lines(&writer.fill_or_empty(&field.value), 2_000),
                "short": field.short.unwrap_or(slack.short_fields),
            })
        })
        .collect();
    if !fields.is_empty() {
        out.insert("fields".to_owned(), Value::Array(fields));
    }
    let buttons = match slack.actions.is_empty() {
        true => default_buttons(writer),
        false => slack
            .actions
            .iter()
            .map(|one| button(one, writer))
            .collect(),
    };
    if !buttons.is_empty() {
        out.insert("actions".to_owned(), Value::Array(buttons));
    }
    let marked = match slack.mrkdwn_in.is_empty() {
        true => json!(["fallback", "pretext", "text"]),
        false => json!(slack.mrkdwn_in),
    };
    out.insert("mrkdwn_in".to_owned(), marked);
    // last, so that it tells which templates failed
    let text = writer.fill(&slack.text, || writer.default_text(Links::Elsewhere));
    let text = writer.with_notice(cut::lines(&text, TEXT_MAX));
    out.insert("text".to_owned(), Value::String(text));
    Value::Object(out)
}

/// Links as buttons.
fn default_buttons(writer: &Writer<'_>) -> Vec<Value> {
    let links = writer.facts().links.named();
    let buttons = links.iter().take(BUTTONS_MAX).map(|(name, url)| {
        let mut button = json!({"type": "button", "text": name, "url": url});
        if *name == "Acknowledge" {
            button["style"] = json!("primary");
        }
        button
    });
    buttons.collect()
}

fn button(action: &Action, writer: &Writer<'_>) -> Value {
    let mut out = Map::new();
    for (name, template) in [
        ("type", &action.kind),
        ("text", &action.text),
        ("url", &action.url),
        ("style", &action.style),
        ("name", &action.name),
        ("value", &action.value),
    ] {
        set(&mut out, name, writer.fill_or_empty(template));
    }
    if let Some(confirm) = &action.confirm {
        let [title, text, yes, no] = confirm.as_ref();
        let mut asked = Map::new();
        for (name, template) in [
            ("title", title),
            ("text", text),
            ("ok_text", yes),
            ("dismiss_text", no),
        ] {
            set(&mut asked, name, writer.fill_or_empty(template));
        }
        out.insert("confirm".to_owned(), Value::Object(asked));
    }
    Value::Object(out)
}

/// Errors of Slack that pass.
const PASSING: [&str; 6] = [
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
];

/// What an answer means: 200 is no yes if the body says no.
pub fn verdict(answer: &Answer<'_>) -> Verdict {
    let by_status = answer.verdict();
    if !matches!(by_status, Verdict::Sent { .. }) {
        return by_status;
    }
    let Some(body) = answer.json() else {
        return Verdict::Sent { thread: None };
    };
    if body.get("ok") == Some(&Value::Bool(false)) {
        let error = body.get("error").and_then(Value::as_str);
        let error = error.unwrap_or("no reason").to_owned();
        return match PASSING.contains(&error.as_str()) {
            true => Verdict::Retry {
                after: answer.retry_after(),
                error: format!("Slack answers {error}"),
            },
            false => Verdict::Refused {
                error: format!("Slack answers {error}"),
            },
        };
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let thread = text("channel").zip(text("ts"));
    Verdict::Sent {
        thread: thread.map(|(channel, ts)| format!("{channel}/{ts}")),
    }
}

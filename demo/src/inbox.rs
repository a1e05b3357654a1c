//! Where the messages about alerts arrive in the demo: a chat webhook in Slack's shape and a mailbox,
//! both shown on one page. Nothing is kept beyond the process.

mod mail;
mod page;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Messages that are kept, the newest.
const MESSAGES_MAX: usize = 200;
/// Longest text of a message that is kept.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// A message that arrived.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    /// `slack` or `mail`.
    pub(crate) by: &'static str,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// Channel or addressees.
    pub(crate) to: String,
    /// First line.
    pub(crate) title: String,
    /// The rest, as text.
    pub(crate) text: String,
    /// Links in it, with their names.
    pub(crate) links: Vec<(String, String)>,
}

/// All messages, newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inbox(Arc<Mutex<VecDeque<Message>>>);

impl Inbox {
    /// Keeps a message.
    pub(crate) fn keep(&self, mut message: Message) {
        for text in [&mut message.title, &mut message.text, &mut message.to] {
            let mut end = text.len().min(TEXT_BYTES_MAX);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        message.links.truncate(20);
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push_front(message);
        messages.truncate(MESSAGES_MAX);
    }

    /// The messages, newest first.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        messages.iter().cloned().collect()
    }
}

/// Now, RFC 3339.
pub(crate) fn now() -> String {
    let at = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or_default();
    format!("{at:.3}")
}

/// `POST /inbox/slack`: an incoming webhook of Slack.
pub(crate) async fn slack(State(inbox): State<Inbox>, body: Bytes) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return (StatusCode::BAD_REQUEST, "invalid_payload").into_response();
    };
    let Some(message) = read_slack(&body) else {
        return (StatusCode::BAD_REQUEST, "no_text").into_response();
    };
    inbox.keep(message);
    "ok".into_response()
}

/// `GET /api/inbox`: the messages as JSON.
pub(crate) async fn list(State(inbox): State<Inbox>) -> Json<Value> {
    Json(json!({ "messages": inbox.messages() }))
}

/// `GET /inbox`: the messages as a page.
pub(crate) async fn show(State(inbox): State<Inbox>) -> Html<String> {
    Html(page::render(&inbox.messages()))
}

/// Listens for mail until it is dropped.
pub(crate) async fn receive_mail(listener: TcpListener, inbox: Inbox) {
    mail::serve(listener, inbox).await;
}

/// Text, blocks and attachments of a message; nothing if it says nothing.
fn read_slack(body: &Value) -> Option<Message> {
    let mut texts = Vec::new();
    let mut links = Vec::new();
    collect(body, &mut texts, &mut links, 0);
    let mut texts = texts.into_iter().filter(|text| !text.trim().is_empty());
    let title = texts.next()?;
    let rest: Vec<String> = texts.collect();
    Some(Message {
        by: "slack",
        at: now(),
        to: body["channel"].as_str().unwrap_or("webhook").to_owned(),
        title,
        text: rest.join("\n"),
        links,
    })
}

/// Texts and links of a message in the order in which people read them.
fn collect(
    value: &Value,
    texts: &mut Vec<String>,
    links: &mut Vec<(String, String)>,
    depth: usize,
) {
    const DEPTH_MAX: usize = 12;
    if depth > DEPTH_MAX {
        return;
    }
    let name = |value: &Value| {
        let text = value["text"]["text"].as_str().or(value["text"].as_str());
        text.or(value["title"].as_str())
            .unwrap_or("link")
            .to_owned()
    };
    for field in ["url", "title_link"] {
        if let Some(url) = value[field].as_str() {
            links.push((name(value), url.to_owned()));
        }
    }
    for field in ["title", "text", "pretext", "value", "footer"] {
        if let Some(text) = value[field].as_str() {
            texts.push(text.to_owned());
        }
    }
    if value["text"].is_object() && value["url"].is_null() {
        collect(&value["text"], texts, links, depth + 1);
    }
    for field in ["attachments", "blocks", "fields", "elements", "actions"] {
        for item in value[field].as_array().into_iter().flatten() {
            collect(item, texts, links, depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Inbox, MESSAGES_MAX, Message, read_slack};
    use serde_json::json;

    #[test]
    fn texts_and_links_of_slack_messages_are_found() {
        let body = json!({
            "channel": "#alerts", "text": "AgentFailureSpike",
            "attachments": [{"title": "firing", "title_link": "http://h/alerts/1", "fields": [{"title": "agent", "value": "coder"}],
                "actions": [{"type": "button", "text": "Traces", "url": "http://h/traces"}]}],
        });
        let message = read_slack(&body).unwrap();
        assert_eq!(message.title, "AgentFailureSpike");
        assert!(message.text.contains("agent\ncoder"));
        assert_eq!(
            message.links[0],
            ("firing".to_owned(), "http://h/alerts/1".to_owned())
        );
        assert_eq!(message.links[1].0, "Traces");
        assert!(read_slack(&json!({})).is_none());
    }

    #[test]
    fn the_newest_are_kept() {
        let inbox = Inbox::default();
        for number in 0..=MESSAGES_MAX {
            let mut message = read_slack(&json!({"text": format!("message {number}")})).unwrap();
            message.text = "ä".repeat(20_000);
            inbox.keep(message);
        }
        let messages: Vec<Message> = inbox.messages();
        assert_eq!(messages.len(), MESSAGES_MAX);
        assert_eq!(messages[0].title, format!("message {MESSAGES_MAX}"));
        assert!(messages[0].text.len() <= super::TEXT_BYTES_MAX);
    }
}

//! Opsgenie: an alert is created, acknowledged and closed by its alias.
//!
//! Source: <https://docs.opsgenie.com/docs/alert-api>.

use super::{ChannelRequest, Method, Plan, Secrets, group_hash};
use crate::message::text::Links;
use crate::message::{Writer, cut};
use crate::notification::Reason;
use crate::receiver::opsgenie::{Opsgenie, Responder};
use serde_json::{Map, Value, json};
use tacho_model::severity::Severity;

/// Longest message, characters.
const MESSAGE_MAX: usize = 130;
/// Longest description, characters.
const DESCRIPTION_MAX: usize = 15_000;
/// Longest text of a detail, characters; all together have 8,000.
const DETAILS_CHARS_MAX: usize = 8_000;
/// Longest note, characters.
const NOTE_MAX: usize = 25_000;
/// Tags of an alert, and the longest.
const TAGS_MAX: (usize, usize) = (20, 50);

/// The calls of a notification.
pub fn plan(opsgenie: &Opsgenie, writer: &Writer<'_>, secrets: &Secrets) -> Plan {
    let alias = group_hash(&writer.notification().group_key);
    let source = cut::chars(&writer.fill_or_empty(&opsgenie.source), 100);
    let of_alias = |what: &str| {
        let base = &opsgenie.api_url;
        format!("{base}v2/alerts/{alias}/{what}?identifierType=alias")
    };
    let send = |method, url: String, body: &Value| {
        let mut request = ChannelRequest::json(method, url, body);
        let header = format!("GenieKey {}", secrets.token);
        request.headers.push(("authorization", header));
        request
    };
    let note = cut::chars(&writer.fill_or_empty(&opsgenie.note), NOTE_MAX);
    if !writer.facts().firing {
        let body = json!({"source": source, "note": note});
        return Plan::one(send(Method::Post, of_alias("close"), &body));
    }
    if writer.notification().reason == Reason::Acknowledged {
        let reason = writer.facts().reason.clone().unwrap_or_default();
        let mut body = json!({"source": source, "note": reason});
        if let Some(by) = &writer.notification().acknowledged {
            body["user"] = json!(cut::chars(&by.by, 100));
        }
        return Plan::one(send(Method::Post, of_alias("acknowledge"), &body));
    }
    let body = create(opsgenie, writer, (&alias, &source, &note));
    let create_url = format!("{}v2/alerts", opsgenie.api_url);
    let mut plan = Plan::one(send(Method::Post, create_url, &body));
    if opsgenie.update_alerts {
        let message = json!({"message": body["message"]});
        let description = json!({"description": body["description"]});
        plan.after = vec![
            send(Method::Put, of_alias("message"), &message),
            send(Method::Put, of_alias("description"), &description),
        ];
    }
    plan
}

fn create(opsgenie: &Opsgenie, writer: &Writer<'_>, texts: (&str, &str, &str)) -> Value {
    let (alias, source, note) = texts;
    let message = writer.fill(&opsgenie.message, || writer.default_title());
    let description = writer.fill(&opsgenie.description, || writer.default_text(Links::Told));
    let description = writer.with_notice(description);
    let mut body = json!({
        "alias": alias,
        "message": cut::chars(&message, MESSAGE_MAX),
        "description": cut::chars(&description, DESCRIPTION_MAX),
        "details": details(opsgenie, writer),
        "source": source,
        "priority": priority(opsgenie, writer),
    });
    let entity = cut::chars(&writer.fill_or_empty(&opsgenie.entity), 512);
    let tags = list(&writer.fill_or_empty(&opsgenie.tags), TAGS_MAX);
    let actions = list(&writer.fill_or_empty(&opsgenie.actions), (10, 50));
    let responders: Vec<Value> = opsgenie
        .responders
        .iter()
        .flat_map(|one| responder(one, writer))
        .take(50)
        .collect();
    for (name, value) in [
        ("entity", json!(entity)),
        ("note", json!(note)),
        ("tags", json!(tags)),
        ("actions", json!(actions)),
        ("responders", json!(responders)),
    ] {
        let is_empty = value == "" || value.as_array().is_some_and(Vec::is_empty);
        if !is_empty {
            body[name] = value;
        }
    }
    body
}

/// The labels that all alerts share, and the details of the section.
fn details(opsgenie: &Opsgenie, writer: &Writer<'_>) -> Value {
    let notification = writer.notification();
    let mut details = Map::new();
    if let Some((first, others)) = notification.alerts.split_first() {
        for (name, value) in first.alert.labels.iter() {
            let shared = others
                .iter()
                .all(|one| one.alert.labels.get(name) == Some(value));
            if shared {
                details.insert(name.to_owned(), json!(value));
            }
        }
    }
    for (name, template) in &opsgenie.details {
        details.insert(name.clone(), json!(writer.fill_or_empty(template)));
    }
    let mut room = DETAILS_CHARS_MAX;
    details.retain(|name, value| {
        let cut = cut::chars(value.as_str().unwrap_or_default(), 1_000);
        let length = name.chars().count() + cut.chars().count();
        *value = json!(cut);
        let fits = length <= room;
        room -= if fits { length } else { 0 };
        fits
    });
    Value::Object(details)
}

fn priority(opsgenie: &Opsgenie, writer: &Writer<'_>) -> String {
    let own = writer.fill_or_empty(&opsgenie.priority);
    if ["P1", "P2", "P3", "P4", "P5"].contains(&own.as_str()) {
        return own;
    }
    let priority = match writer.facts().severity {
        Severity::Critical => "P1",
        Severity::High => "P2",
        Severity::Medium => "P3",
        Severity::Low => "P4",
        Severity::Info => "P5",
    };
    priority.to_owned()
}

fn responder(responder: &Responder, writer: &Writer<'_>) -> Vec<Value> {
    let kind = writer.fill_or_empty(&responder.kind).to_ascii_lowercase();
    let name = writer.fill_or_empty(&responder.name);
    if kind == "teams" {
        let names = list(&name, (50, 100)).into_iter();
        return names
            .map(|name| json!({"type": "team", "name": name}))
            .collect();
    }
    let mut out = json!({"type": kind});
    for (field, text) in [
        ("id", writer.fill_or_empty(&responder.id)),
        ("name", name),
        ("username", writer.fill_or_empty(&responder.username)),
    ] {
        if !text.is_empty() {
            out[field] = json!(text);
        }
    }
    vec![out]
}

/// Texts between commas: so many, each of so many characters.
fn list(text: &str, (count, chars): (usize, usize)) -> Vec<String> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .take(count)
        .map(|part| cut::chars(part, chars))
        .collect()
}

//! PagerDuty: events of the API, version 2.
//!
//! Source: <https://developer.pagerduty.com/docs/events-api-v2-overview>.

use super::json::fill_values;
use super::{ChannelRequest, Method, Plan, Secrets, group_hash};
use crate::message::{Writer, cut};
use crate::notification::Reason;
use crate::receiver::pagerduty::PagerDuty;
use serde_json::{Map, Value, json};
use tacho_model::severity::Severity;

/// Longest summary, characters.
const SUMMARY_CHARS_MAX: usize = 1_024;
/// Largest event, bytes.
const EVENT_BYTES_MAX: usize = 512_000;

/// The calls of a notification.
pub fn plan(pagerduty: &PagerDuty, writer: &Writer<'_>, secrets: &Secrets) -> Plan {
    let key = group_hash(&writer.notification().group_key);
    let action = match (writer.facts().firing, writer.notification().reason) {
        (false, _) => "resolve",
        (true, Reason::Acknowledged) => "acknowledge",
        (true, _) => "trigger",
    };
    let mut event = Map::new();
    event.insert("routing_key".to_owned(), json!(secrets.token));
    event.insert("event_action".to_owned(), json!(action));
    event.insert("dedup_key".to_owned(), json!(key));
    if action == "trigger" {
        let client = writer.fill(&pagerduty.client, || "Tachograph".to_owned());
        event.insert("client".to_owned(), json!(client));
        let url = writer.fill_or_empty(&pagerduty.client_url);
        if !url.is_empty() {
            event.insert("client_url".to_owned(), json!(url));
        }
        event.insert("links".to_owned(), links(pagerduty, writer));
        event.insert("images".to_owned(), images(pagerduty, writer));
    }
    event.insert("payload".to_owned(), payload(pagerduty, writer));
    let mut event = Value::Object(event);
    let request = ChannelRequest::json(Method::Post, pagerduty.url.as_str(), &event);
    if request.body.len() <= EVENT_BYTES_MAX {
        return Plan::one(request);
    }
    let size = request.body.len();
    let message =
        format!("left out: with them the event has {size} bytes, {EVENT_BYTES_MAX} are taken");
    event["payload"]["custom_details"] = json!({"error": message});
    let request = ChannelRequest::json(Method::Post, pagerduty.url.as_str(), &event);
    Plan::one(request)
}

fn payload(pagerduty: &PagerDuty, writer: &Writer<'_>) -> Value {
    let summary = writer.fill(&pagerduty.description, || writer.default_title());
    let source = writer.fill_or_empty(&pagerduty.source);
    let mut details = fill_values(&Value::Object(pagerduty.details.clone()), writer);
    let notice = writer.notice();
    if !notice.is_empty() {
        details["template_error"] = json!(notice);
    }
    let mut payload = json!({
        "summary": cut::chars(&summary, SUMMARY_CHARS_MAX),
        "source": match source.is_empty() { true => "Tachograph".to_owned(), false => source },
        "severity": severity(pagerduty, writer),
        "timestamp": crate::message::jinja::timestamp(writer.notification().at_ms),
        "custom_details": details,
    });
    for (name, template) in [
        ("class", &pagerduty.class),
        ("component", &pagerduty.component),
        ("group", &pagerduty.group),
    ] {
        let text = writer.fill_or_empty(template);
        if !text.is_empty() {
            payload[name] = json!(text);
        }
    }
    payload
}

/// One of the four words that PagerDuty knows.
fn severity(pagerduty: &PagerDuty, writer: &Writer<'_>) -> &'static str {
    let own = writer.fill_or_empty(&pagerduty.severity);
    let own = match own.trim() {
        "critical" => return "critical",
        "error" => return "error",
        "warning" => return "warning",
        "info" => return "info",
        own => Severity::of_label(own),
    };
    match own.unwrap_or(writer.facts().severity) {
        Severity::Critical => "critical",
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "info",
    }
}

fn links(pagerduty: &PagerDuty, writer: &Writer<'_>) -> Value {
    if pagerduty.links.is_empty() {
        let links = writer.facts().links.named();
        let links = links.iter();
        return links
            .map(|(name, url)| json!({"href": url, "text": name}))
            .collect();
    }
    let filled = pagerduty.links.iter().map(|[href, text]| {
        json!({"href": writer.fill_or_empty(href), "text": writer.fill_or_empty(text)})
    });
    filled.filter(|link| link["href"] != "").collect()
}

fn images(pagerduty: &PagerDuty, writer: &Writer<'_>) -> Value {
    let filled = pagerduty.images.iter().map(|[src, alt, href]| {
        json!({
            "src": writer.fill_or_empty(src),
            "alt": writer.fill_or_empty(alt),
            "href": writer.fill_or_empty(href),
        })
    });
    filled.filter(|image| image["src"] != "").collect()
}

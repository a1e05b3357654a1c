//! Templates of our own blocks: MiniJinja, with what they are about as plain names.
//!
//! Whatever a template prints is text of strangers unless it says `|safe`: its marks are escaped for
//! the service.

use super::facts::{AlertFacts, Facts};
use super::links::Links;
use super::markup::Markup;
use crate::message::go::reason_text;
use crate::notification::{Notification, NotifiedAlert};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};
use tacho_model::labels::Labels;

/// Steps of one template.
const FUEL: u64 = 200_000;
/// Longest output, bytes.
const OUTPUT_BYTES_MAX: usize = 256 << 10;

/// The text of a template.
pub(super) fn render(
    template: &str,
    facts: &Facts,
    notification: &Notification,
    markup: Markup,
) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(64);
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(move |out, _, value| {
        if value.is_undefined() || value.is_none() {
            return Ok(());
        }
        let text = value.to_string();
        let text = match value.is_safe() {
            true => text,
            false => markup.escape(&text),
        };
        out.write_str(&text).map_err(Error::from)
    });
    let names = Value::from(Serde(names(facts, notification)));
    let compiled = environment
        .template_from_str(template)
        .map_err(|error| error.to_string())?;
    let mut limited = Limited(Vec::new());
    compiled
        .render_captured_to(names, &mut limited)
        .map_err(|error| error.to_string())?;
    String::from_utf8(limited.0).map_err(|_| "the text is no UTF-8".to_owned())
}

/// Takes so many bytes and no more.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.0.len() + part.len() > OUTPUT_BYTES_MAX {
            let message = format!("the text is longer than {OUTPUT_BYTES_MAX} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        self.0.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The names that templates know. Those of the worst alert stand for the group.
fn names(facts: &Facts, notification: &Notification) -> Json {
    let first = facts.alerts.first();
    let text = |pick: fn(&AlertFacts) -> String| first.map(pick).unwrap_or_default();
    let worst = notification
        .alerts
        .iter()
        .min_by_key(|one| (one.resolved, one.alert.severity()));
    let alerts = facts.alerts.iter().map(|alert| {
        let mut fields = links(&alert.links);
        fields.extend([
            ("alert_name".to_owned(), json!(alert.name)),
            ("severity".to_owned(), json!(alert.severity.as_str())),
            ("status".to_owned(), json!(status(!alert.resolved))),
            ("message".to_owned(), json!(message(alert))),
            ("value".to_owned(), json!(alert.value)),
            ("since".to_owned(), json!(alert.since)),
            ("until".to_owned(), json!(alert.until)),
            ("lasted".to_owned(), json!(alert.lasted)),
            ("labels".to_owned(), Json::Object(pairs(&alert.labels))),
        ]);
        Json::Object(fields)
    });
    let mut names = links(&facts.links);
    names.extend([
        ("title".to_owned(), json!(facts.title)),
        (
            "alert_name".to_owned(),
            json!(text(|alert| alert.name.clone())),
        ),
        ("message".to_owned(), json!(text(message))),
        ("severity".to_owned(), json!(facts.severity.as_str())),
        ("status".to_owned(), json!(status(facts.firing))),
        (
            "state".to_owned(),
            json!(if facts.firing { "alerting" } else { "ok" }),
        ),
        (
            "value".to_owned(),
            json!(first.and_then(|alert| alert.value.clone())),
        ),
        ("since".to_owned(), json!(text(|alert| alert.since.clone()))),
        (
            "lasted".to_owned(),
            json!(text(|alert| alert.lasted.clone())),
        ),
        ("timestamp".to_owned(), json!(timestamp(notification.at_ms))),
        ("labels".to_owned(), labels(worst, |one| &one.alert.labels)),
        (
            "annotations".to_owned(),
            labels(worst, |one| &one.alert.annotations),
        ),
        (
            "group_labels".to_owned(),
            Json::Object(map(&notification.group_labels)),
        ),
        ("group_key".to_owned(), json!(notification.group_key)),
        ("receiver".to_owned(), json!(notification.to.receiver)),
        ("reason".to_owned(), json!(reason_text(notification.reason))),
        ("reason_text".to_owned(), json!(facts.reason)),
        (
            "count".to_owned(),
            json!(facts.alerts.len() + facts.truncated),
        ),
        ("firing_count".to_owned(), json!(facts.firing_count)),
        ("resolved_count".to_owned(), json!(facts.resolved_count)),
        ("alerts".to_owned(), alerts.collect()),
    ]);
    Json::Object(names)
}

fn status(firing: bool) -> &'static str {
    match firing {
        true => "firing",
        false => "resolved",
    }
}

/// What an alert says: its annotations, else its name.
pub(crate) fn message(alert: &AlertFacts) -> String {
    match (alert.what.as_str(), alert.more.as_str()) {
        ("", "") => alert.name.clone(),
        (what, "") => what.to_owned(),
        (what, more) => format!("{what}\n{more}"),
    }
}

/// A moment as RFC 3339.
pub(crate) fn timestamp(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    at.to_string()
}

fn links(links: &Links) -> Map<String, Json> {
    let all = [
        ("alert_url", &links.alert),
        ("acknowledge_url", &links.acknowledge),
        ("silence_url", &links.silence),
        ("traces_url", &links.traces),
        ("chart_url", &links.chart),
        ("runbook_url", &links.runbook),
    ];
    let mut map: Map<String, Json> = all
        .into_iter()
        .map(|(name, url)| (name.to_owned(), json!(url.as_deref().unwrap_or_default())))
        .collect();
    let dashboard = links.chart.as_ref().or(links.alert.as_ref());
    let dashboard = dashboard.map(String::as_str).unwrap_or_default();
    map.insert("dashboard_url".to_owned(), json!(dashboard));
    map
}

fn labels(alert: Option<&NotifiedAlert>, pick: fn(&NotifiedAlert) -> &Labels) -> Json {
    Json::Object(alert.map(|alert| map(pick(alert))).unwrap_or_default())
}

/// Labels as an object of JSON.
pub(crate) fn map(labels: &Labels) -> Map<String, Json> {
    let pairs = labels.iter();
    pairs
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect()
}

fn pairs(pairs: &[(String, String)]) -> Map<String, Json> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}

//! Where a message leads: the alert's page, acknowledge, silence, chart, traces, runbook.
//!
//! The addresses are those of our web UI. Addresses in annotations are those of strangers: only
//! `http` and `https` are taken.

use super::Context;
use crate::notification::NotifiedAlert;
use std::fmt::Write as _;
use tacho_model::alert::Alert;
use tacho_model::labels::Labels;

/// Time before an alert that traces are shown of, ms.
const BEFORE_MS: i64 = 15 * 60_000;
/// Time after an alert that traces are shown of, ms.
const AFTER_MS: i64 = 5 * 60_000;
/// Longest address that is told.
const URL_BYTES_MAX: usize = 2_000;

/// Where an alert leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Its page.
    pub alert: Option<String>,
    /// Its page, asking to acknowledge it.
    pub acknowledge: Option<String>,
    /// A silence that fits it, to be looked at and saved.
    pub silence: Option<String>,
    /// The chart of its rule.
    pub chart: Option<String>,
    /// Traces behind it.
    pub traces: Option<String>,
    /// What to do.
    pub runbook: Option<String>,
}

impl Links {
    /// The links of an alert.
    pub fn new(notified: &NotifiedAlert, context: &Context) -> Self {
        let alert = &notified.alert;
        let base = base(context);
        let annotation = |name: &str| {
            let text = alert.annotations.get(name)?;
            web(text, &base)
        };
        let page = (!notified.id.is_empty() && !base.is_empty())
            .then(|| format!("{base}/alerts/{}", encode(&notified.id)));
        let acknowledge = page.as_ref().filter(|_| !notified.resolved);
        let silence = (!notified.resolved && !base.is_empty())
            .then(|| format!("{base}/silences?new={}", encode(&matchers(&alert.labels))));
        let traces = annotation("traces_url").or_else(|| traces(notified, context, &base));
        Self {
            acknowledge: acknowledge.map(|page| format!("{page}?acknowledge=1")),
            alert: page,
            silence: silence.filter(|url| url.len() <= URL_BYTES_MAX),
            chart: web(&alert.generator_url, &base)
                .or_else(|| annotation("dashboard_url"))
                .or_else(|| annotation("chart_url")),
            traces,
            runbook: annotation("runbook_url").or_else(|| annotation("runbook")),
        }
    }

    /// The links by what stands on them.
    pub fn named(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("Alert", &self.alert),
            ("Acknowledge", &self.acknowledge),
            ("Silence", &self.silence),
            ("Traces", &self.traces),
            ("Chart", &self.chart),
            ("Runbook", &self.runbook),
        ];
        let there = all.into_iter();
        there
            .filter_map(|(name, url)| Some((name, url.as_deref()?)))
            .collect()
    }
}

/// Our own address without a slash at the end.
pub fn base(context: &Context) -> String {
    context.external_url.trim_end_matches('/').to_owned()
}

/// The page of all alerts.
pub fn all_alerts(context: &Context) -> String {
    format!("{}/alerts", base(context))
}

/// An address that may be told: of `http` or `https`; one of ours if it begins with a slash.
pub fn web(text: &str, base: &str) -> Option<String> {
    let text = text.trim();
    let is_clean = !text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || "<>\"`".contains(c));
    if text.is_empty() || !is_clean || text.len() > URL_BYTES_MAX {
        return None;
    }
    if text.starts_with("//") {
        return None;
    }
    if text.starts_with('/') || text.starts_with("./") {
        let path = text.trim_start_matches('.');
        return (!base.is_empty()).then(|| format!("{base}{path}"));
    }
    let scheme = text.split_once("://")?.0.to_ascii_lowercase();
    ["http", "https"]
        .contains(&scheme.as_str())
        .then(|| text.to_owned())
}

/// Matchers that fit a label set and nothing more general: `{a="b", …}`.
pub fn matchers(labels: &Labels) -> String {
    let mut text = String::from("{");
    for (at, (name, value)) in labels.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        let _ = write!(text, "{comma}{name}={value:?}");
    }
    text.push('}');
    text
}

/// The traces of the service and the agent that an alert is about.
fn traces(notified: &NotifiedAlert, context: &Context, base: &str) -> Option<String> {
    if base.is_empty() {
        return None;
    }
    let until_ms = match notified.resolved {
        true => notified.alert.ends_at_ms,
        false => context.now_ms,
    };
    traces_path(&notified.alert, until_ms).map(|path| format!("{base}{path}"))
}

/// The path of the traces that an alert is about, from some time before it to some time after `until_ms`;
/// nothing if its labels do not tell.
pub fn traces_path(alert: &Alert, until_ms: i64) -> Option<String> {
    let labels = &alert.labels;
    let first = |names: &[&str]| {
        let found = names.iter().find_map(|name| labels.get(name));
        found.filter(|value| !value.is_empty())
    };
    if let Some(trace) = first(&["trace_id"]) {
        return Some(format!("/traces/{}", encode(trace)));
    }
    let mut search = Vec::new();
    if let Some(service) = first(&["service_name", "service", "service.name"]) {
        search.push(format!("service={}", encode(service)));
    }
    let agents = [
        ("agent_type", "agent.type"),
        ("agent_id", "agent.id"),
        ("agent", "agent.type"),
        ("agent_name", "gen_ai.agent.name"),
        ("run_id", "run_id"),
        ("task_id", "task_id"),
        ("workflow", "workflow.name"),
    ];
    for (label, key) in agents {
        if let Some(value) = first(&[label]) {
            search.push(format!("attr={}", encode(&format!("{key}={value}"))));
        }
    }
    if search.is_empty() {
        return None;
    }
    let from_ms = alert.starts_at_ms.saturating_sub(BEFORE_MS);
    search.push(format!("from={from_ms}"));
    search.push(format!("to={}", until_ms.saturating_add(AFTER_MS)));
    Some(format!("/traces?{}", search.join("&")))
}

/// Text as a part of a URL.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::web;

    #[test]
    fn only_addresses_of_the_web_are_told() {
        let base = "https://tacho.example";
        assert_eq!(
            web("/runbooks/x", base).as_deref(),
            Some("https://tacho.example/runbooks/x")
        );
        assert_eq!(web("HTTPS://h/x", base).as_deref(), Some("HTTPS://h/x"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example/",
            "https://h/ x",
            "https://h/\r\nx",
            "https://h/\"onclick=",
            "",
        ] {
            assert_eq!(web(bad, base), None, "{bad}");
        }
        assert_eq!(web("/x", ""), None);
    }
}

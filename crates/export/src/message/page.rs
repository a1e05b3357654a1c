//! The page of a mail: the same short text as a table of facts, readable without styles.

use super::facts::{AlertFacts, Facts};
use super::markup::Markup;
use std::fmt::Write as _;
use tacho_model::severity::Severity;

/// Alerts that a page tells of; the others are counted.
const ALERTS_MAX: usize = 25;

/// The page.
pub fn page(facts: &Facts) -> String {
    let escape = |text: &str| Markup::Html.escape(text);
    let mut out = String::with_capacity(4_096);
    let color = color(facts);
    let title = escape(&facts.title);
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\
         <body style=\"margin:0;padding:16px;font:14px/1.5 system-ui,sans-serif;color:#1c2024;background:#fff\">\
         <div style=\"max-width:680px;margin:0 auto\">\
         <h1 style=\"font-size:18px;margin:0 0 12px;padding-left:12px;border-left:4px solid {color}\">{title}</h1>"
    );
    if let Some(reason) = &facts.reason {
        let _ = write!(out, "<p>{}</p>", escape(reason));
    }
    let several = facts.alerts.len() > 1;
    for alert in facts.alerts.iter().take(ALERTS_MAX) {
        write_alert(&mut out, alert, several);
    }
    let left = facts.alerts.len().saturating_sub(ALERTS_MAX) + facts.truncated;
    if left > 0 {
        let _ = write!(out, "<p>and {left} more alerts</p>");
    }
    if let (true, Some(url)) = (several, &facts.links.alert) {
        let _ = write!(out, "<p>{}</p>", Markup::Html.link(url, "All alerts"));
    }
    out.push_str("</div></body></html>");
    out
}

/// The colour of a message: that of the worst severity, green once all is over.
pub fn color(facts: &Facts) -> &'static str {
    if !facts.firing {
        return "#2e7d32";
    }
    match facts.severity {
        Severity::Critical => "#c62828",
        Severity::High => "#e65100",
        Severity::Medium => "#f9a825",
        Severity::Low => "#1565c0",
        Severity::Info => "#607d8b",
    }
}

fn write_alert(out: &mut String, alert: &AlertFacts, several: bool) {
    let escape = |text: &str| Markup::Html.escape(text);
    if several {
        let state = match alert.resolved {
            true => "RESOLVED",
            false => alert.severity.as_str(),
        };
        let name = escape(&alert.name);
        let _ = write!(
            out,
            "<h2 style=\"font-size:15px;margin:20px 0 4px\">[{state}] {name}</h2>"
        );
    }
    for text in [&alert.what, &alert.more] {
        if !text.is_empty() {
            let text = escape(text).replace('\n', "<br>");
            let _ = write!(out, "<p style=\"margin:4px 0\">{text}</p>");
        }
    }
    out.push_str("<table style=\"border-collapse:collapse;margin:8px 0\">");
    let mut row = |name: &str, text: &str| {
        let _ = write!(
            out,
            "<tr><th style=\"text-align:left;padding:2px 16px 2px 0;font-weight:600;vertical-align:top\">{}</th>\
             <td style=\"padding:2px 0;word-break:break-word\">{}</td></tr>",
            escape(name),
            escape(text)
        );
    };
    row("Severity", alert.severity.as_str());
    if let Some(value) = &alert.value {
        row("Value", value);
    }
    row("Since", &format!("{} ({})", alert.since, alert.lasted));
    if let Some(until) = &alert.until {
        row("Until", until);
    }
    for (name, value) in &alert.labels {
        row(name, value);
    }
    if alert.more_labels > 0 {
        row("…", &format!("{} more labels", alert.more_labels));
    }
    out.push_str("</table>");
    let links = alert.links.named();
    if !links.is_empty() {
        let links = links.iter().map(|(name, url)| Markup::Html.link(url, name));
        let links = links.collect::<Vec<_>>().join(" &middot; ");
        let _ = write!(out, "<p style=\"margin:4px 0\">{links}</p>");
    }
}

//! Our own short text: what, how much, since when, labels, links.

use super::facts::{AlertFacts, Facts};
use super::markup::Markup;

/// Alerts that a text tells of; the others are counted.
const ALERTS_MAX: usize = 10;

/// Whether links stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Below each alert.
    Told,
    /// Elsewhere, such as on buttons.
    Elsewhere,
}

/// The text.
pub fn text(facts: &Facts, markup: Markup, links: Links) -> String {
    let mut lines = Vec::new();
    if let Some(reason) = &facts.reason {
        lines.push(markup.escape(reason));
    }
    let several = facts.alerts.len() > 1;
    for alert in facts.alerts.iter().take(ALERTS_MAX) {
        if several && !lines.is_empty() {
            lines.push(String::new());
        }
        alert_lines(alert, markup, several, &mut lines);
        if links == Links::Told {
            lines.extend(link_line(alert, markup));
        }
    }
    let left = facts.alerts.len().saturating_sub(ALERTS_MAX) + facts.truncated;
    if left > 0 {
        lines.push(markup.escape(&format!("and {left} more alerts")));
        if let (Links::Told, Some(url)) = (links, &facts.links.alert) {
            lines.push(markup.link(url, "All alerts"));
        }
    }
    lines.join(markup.line_end())
}

fn alert_lines(alert: &AlertFacts, markup: Markup, several: bool, lines: &mut Vec<String>) {
    if several {
        let state = match alert.resolved {
            true => "RESOLVED",
            false => alert.severity.as_str(),
        };
        lines.push(markup.bold(&format!("[{state}] {}", alert.name)));
    }
    for text in [&alert.what, &alert.more] {
        if !text.is_empty() {
            lines.extend(text.lines().map(|line| markup.escape(line)));
        }
    }
    let mut when = match &alert.until {
        Some(until) => format!("From {} to {until} ({})", alert.since, alert.lasted),
        None => format!("Since {} ({})", alert.since, alert.lasted),
    };
    when = markup.escape(&when);
    lines.push(match &alert.value {
        Some(value) => format!("{} · {when}", markup.escape(&format!("Value {value}"))),
        None => when,
    });
    if !alert.labels.is_empty() {
        let labels = alert.labels.iter();
        let mut told: Vec<String> = labels
            .map(|(name, value)| markup.code(&format!("{name}={value}")))
            .collect();
        if alert.more_labels > 0 {
            told.push(markup.escape(&format!("and {} more labels", alert.more_labels)));
        }
        lines.push(told.join(" "));
    }
}

/// The links of an alert: in one line, one a line without marks.
fn link_line(alert: &AlertFacts, markup: Markup) -> Option<String> {
    let links = alert.links.named();
    if links.is_empty() {
        return None;
    }
    let links = links.iter().map(|(name, url)| markup.link(url, name));
    let between = match markup {
        Markup::Plain => "\n",
        _ => " · ",
    };
    Some(links.collect::<Vec<_>>().join(between))
}

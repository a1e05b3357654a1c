//! One line: on standard output, or in our own log.

use crate::message::markup::one_line;
use crate::message::{Writer, cut};
use crate::receiver::own::Console;

/// Longest line, characters.
const LINE_CHARS_MAX: usize = 2_000;

/// The line on standard output.
pub fn line(console: &Console, writer: &Writer<'_>) -> String {
    let own = || log_line(writer);
    let line = match &console.line {
        Some(template) => writer.fill(template, own),
        None => own(),
    };
    cut::chars(&one_line(&writer.with_notice(line)), LINE_CHARS_MAX)
}

/// Our own line: title, what, since when, where to look.
pub fn log_line(writer: &Writer<'_>) -> String {
    let facts = writer.facts();
    let mut parts = vec![facts.title.clone()];
    if let Some(alert) = facts.alerts.first() {
        if !alert.what.is_empty() {
            parts.push(cut::chars(&alert.what, 300));
        }
        parts.push(format!("since {}", alert.since));
    }
    if let Some(url) = &facts.links.alert {
        parts.push(url.clone());
    }
    cut::chars(&one_line(&parts.join(" | ")), LINE_CHARS_MAX)
}

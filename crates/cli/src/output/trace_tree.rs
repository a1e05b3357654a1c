//! A trace for people: spans as a tree, each with its start, duration and a bar on a common time
//! line; errors marked. `order.rs` decides who is whose child, `hint.rs` what is told beside the name.

mod hint;
mod order;

use super::log_line::{pairs, print_attributes, print_field};
use super::screen::{Look, Style};
use super::{counted, escape, width};
use crate::time::{Precision, Zone, short_ms};
use jiff::Timestamp;
use order::{Node, Place};
use std::fmt::Write as _;
use tacho_api::trace::{Span, SpanKind, SpanStatus, Trace};

/// Columns of start and duration.
const NUMBER_WIDTH: usize = 8;
/// Columns of the time line where there is no terminal.
const BAR_WIDTH: usize = 32;

/// How a trace is shown.
#[derive(Debug, Clone)]
pub(crate) struct TreeStyle {
    /// Colour and width.
    pub look: Look,
    /// Zone of times.
    pub zone: Zone,
    /// With attributes, events and links instead of the time line.
    pub full: bool,
}

/// The trace as text. `spans` may hold fewer spans than the trace has; a line says so then.
pub(crate) fn print(trace: &Trace, style: &TreeStyle) -> String {
    let mut out = head(trace, style);
    let line = TimeLine::new(trace, style);
    let titles = if style.full {
        format!(
            "{:>NUMBER_WIDTH$}  {:>NUMBER_WIDTH$}  SPAN",
            "START", "DURATION"
        )
    } else {
        format!(
            "{:>NUMBER_WIDTH$}  {:>NUMBER_WIDTH$}  {:<bar$}  SPAN",
            "START",
            "DURATION",
            "TIME LINE",
            bar = line.width
        )
    };
    let _ = writeln!(out, "\n{}", style.look.paint(Style::Bold, &titles));
    let complete = trace.spans.len() as u64 >= trace.span_count.0;
    for place in order::places(&trace.spans) {
        match place.node {
            Node::Missing(id) => print_missing(&mut out, id, complete, &line),
            Node::Span(index) => {
                let Some(span) = trace.spans.get(index) else {
                    continue;
                };
                let parent = place.parent.and_then(|parent| trace.spans.get(parent));
                print_row(&mut out, span, &place, parent, &line);
                if style.full {
                    print_details(&mut out, span, &place, &line);
                }
            }
        }
    }
    if style.full {
        print_origins(&mut out, trace, style.look);
    }
    let (shown, all) = (trace.spans.len() as u64, trace.span_count.0);
    if shown < all {
        let _ = writeln!(
            out,
            "\n{shown} of {all} spans are shown: --limit {all} shows more"
        );
    }
    out
}

fn head(trace: &Trace, style: &TreeStyle) -> String {
    let look = style.look;
    let mut out = format!(
        "{} {}",
        look.paint(Style::Bold, "trace"),
        escape::line(&trace.trace_id)
    );
    for alias in &trace.aliases {
        let _ = write!(out, " ({})", escape::line(alias));
    }
    let errors = trace
        .spans
        .iter()
        .filter(|span| span.status == SpanStatus::Error)
        .count();
    let _ = write!(
        out,
        "\n{} · {} · {}",
        style.zone.show(&trace.start_time, Precision::Millis),
        short_ms(trace.duration_ms),
        counted(trace.span_count.0, "span"),
    );
    if errors > 0 {
        let _ = write!(
            out,
            " · {}",
            look.paint(Style::Red, &counted(errors as u64, "error"))
        );
    }
    let _ = writeln!(out, " · {}", escape::line(&trace.services.join(", ")));
    out
}

/// The common time line of all spans.
struct TimeLine<'a> {
    style: &'a TreeStyle,
    start: Option<Timestamp>,
    total_ms: f64,
    width: usize,
}

impl<'a> TimeLine<'a> {
    fn new(trace: &Trace, style: &'a TreeStyle) -> Self {
        let width = match style.look.width {
            _ if style.full => 0,
            Some(width) => (width / 4).clamp(10, 48),
            None => BAR_WIDTH,
        };
        Self {
            style,
            start: trace.start_time.parse().ok(),
            total_ms: trace.duration_ms,
            width,
        }
    }

    /// Milliseconds from the start of the trace.
    fn offset_ms(&self, time: &str) -> f64 {
        match (self.start, time.parse::<Timestamp>()) {
            (Some(start), Ok(time)) => time.duration_since(start).as_secs_f64() * 1e3,
            _ => 0.0,
        }
    }

    /// The bar of a span, as wide as the line.
    fn bar(&self, offset_ms: f64, duration_ms: f64) -> String {
        let columns = self.width as f64;
        let scale = if self.total_ms > 0.0 {
            columns / self.total_ms
        } else {
            0.0
        };
        let first = ((offset_ms * scale).floor().clamp(0.0, columns - 1.0)) as usize;
        let length = (duration_ms.max(0.0) * scale).round() as usize;
        let length = length.min(self.width - first);
        let bar = if self.total_ms <= 0.0 {
            "█".repeat(self.width)
        } else if length == 0 {
            "▏".to_owned()
        } else {
            "█".repeat(length)
        };
        let used = first + width::of(&bar);
        format!(
            "{}{bar}{}",
            " ".repeat(first),
            " ".repeat(self.width.saturating_sub(used))
        )
    }
}

/// A row for a span that others name as their parent.
fn print_missing(out: &mut String, id: &str, complete: bool, line: &TimeLine<'_>) {
    let columns = 2 * NUMBER_WIDTH + 4 + if line.width > 0 { line.width + 2 } else { 0 };
    let why = if complete {
        "not received"
    } else {
        "not among these"
    };
    let text = format!("span {} {why}", escape::line(id));
    let room = line
        .style
        .look
        .width
        .map_or(usize::MAX, |width| width.saturating_sub(columns));
    let text = line
        .style
        .look
        .paint(Style::Yellow, &width::cut(&text, room));
    let _ = writeln!(out, "{}{text}", " ".repeat(columns));
}

fn print_row(
    out: &mut String,
    span: &Span,
    place: &Place<'_>,
    parent: Option<&Span>,
    line: &TimeLine<'_>,
) {
    let look = line.style.look;
    let offset = line.offset_ms(&span.start_time);
    let failed = span.status == SpanStatus::Error;
    let start = format!("+{}", short_ms(offset));
    let _ = write!(
        out,
        "{start:>NUMBER_WIDTH$}  {:>NUMBER_WIDTH$}  ",
        short_ms(span.duration_ms)
    );
    let mut used = 2 * NUMBER_WIDTH + 4;
    if line.width > 0 {
        let color = if failed { Style::Red } else { Style::Cyan };
        let _ = write!(
            out,
            "{}  ",
            look.paint(color, &line.bar(offset, span.duration_ms))
        );
        used += line.width + 2;
    }
    let mut parts = vec![(Style::Dim, place.guide.clone())];
    let mark = if failed { "✗ " } else { "" };
    let style = if failed { Style::Red } else { Style::Plain };
    parts.push((
        style,
        format!("{mark}{}", escape::line(&span.operation_name)),
    ));
    if !line.style.full
        && let Some(hint) = hint::of(span, parent)
    {
        parts.push((Style::Dim, format!(" · {hint}")));
    }
    if parent.is_none_or(|parent| parent.service_name != span.service_name) {
        parts.push((
            Style::Dim,
            format!("  {}", escape::line(&span.service_name)),
        ));
    }
    if let Some(reason) = failure(span) {
        parts.push((Style::Red, format!("  {}", escape::line(reason))));
    }
    let mut room = look
        .width
        .map_or(usize::MAX, |width| width.saturating_sub(used));
    for (style, text) in parts {
        let text = width::cut(&text, room);
        room -= width::of(&text);
        out.push_str(&look.paint(style, &text));
    }
    out.push('\n');
}

/// Why a span failed: its status message, else that of its last exception.
fn failure(span: &Span) -> Option<&str> {
    if span.status != SpanStatus::Error {
        return None;
    }
    if !span.status_message.is_empty() {
        return Some(&span.status_message);
    }
    let exception = span
        .events
        .iter()
        .rev()
        .find(|event| event.name == "exception")?;
    let text = |key: &str| {
        exception
            .attributes
            .get(key)?
            .as_str()
            .filter(|text| !text.is_empty())
    };
    text("exception.message").or_else(|| text("exception.type"))
}

fn print_details(out: &mut String, span: &Span, place: &Place<'_>, line: &TimeLine<'_>) {
    let look = line.style.look;
    let indent = format!(
        "{}{}  ",
        " ".repeat(2 * NUMBER_WIDTH + 4),
        look.paint(Style::Dim, &place.below)
    );
    let alias = span
        .aliases
        .as_ref()
        .and_then(|aliases| aliases.span_id.as_deref());
    let id = match alias {
        Some(alias) => format!("{} ({alias})", span.span_id),
        None => span.span_id.clone(),
    };
    let mut facts = format!("{id} {}", kind(span.kind));
    let _ = write!(facts, " resource {} scope {}", span.resource, span.scope);
    print_field(out, &indent, "span", &facts, look);
    if span.status != SpanStatus::Unset {
        let word = if span.status == SpanStatus::Ok {
            "ok"
        } else {
            "error"
        };
        let text = format!("{word} {}", span.status_message);
        print_field(out, &indent, "status", text.trim_end(), look);
    }
    print_attributes(out, &indent, &span.attributes, look);
    for event in &span.events {
        let at = short_ms(line.offset_ms(&event.timestamp));
        print_field(
            out,
            &indent,
            "event",
            &format!("{} at +{at}", event.name),
            look,
        );
        print_attributes(out, &format!("{indent}  "), &event.attributes, look);
    }
    for link in &span.links {
        let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "-".to_owned());
        let text = format!("trace {} span {}", id(&link.trace_id), id(&link.span_id));
        print_field(out, &indent, "link", &text, look);
        print_attributes(out, &format!("{indent}  "), &link.attributes, look);
    }
    let dropped = [
        ("attributes", span.dropped_attributes_count.0),
        ("events", span.dropped_events_count.0),
        ("links", span.dropped_links_count.0),
    ];
    for (what, count) in dropped.into_iter().filter(|(_, count)| *count > 0) {
        print_field(out, &indent, "dropped", &format!("{count} {what}"), look);
    }
}

fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Unspecified => "unspecified",
        SpanKind::Internal => "internal",
        SpanKind::Server => "server",
        SpanKind::Client => "client",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
    }
}

fn print_origins(out: &mut String, trace: &Trace, look: Look) {
    out.push('\n');
    for (index, resource) in trace.resources.iter().enumerate() {
        print_field(
            out,
            "",
            &format!("resource {index}"),
            &pairs(&resource.attributes),
            look,
        );
    }
    for (index, scope) in trace.scopes.iter().enumerate() {
        let text = format!(
            "{} {} {}",
            scope.name,
            scope.version,
            pairs(&scope.attributes)
        );
        print_field(out, "", &format!("scope {index}"), text.trim(), look);
    }
}

#[cfg(test)]
mod tests;
